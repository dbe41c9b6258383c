import type { QueueSettings } from '../contract';
import type { Desk } from './desk';
import type { Action, Actor } from './roles';
import { RefusedError } from './sending';
import { NotFoundError } from './store';

/** What is asked of the functions that release what is parked and hold a breaker; they decide, and refuse. */
export interface OperationPorts {
  /** @returns what the function answers @throws RefusedError with what it refused */
  invoke(functionArn: string, request: object): Promise<unknown>;
}

/** A release of what SQS has parked. */
export interface ParkedRequest {
  /** ARN of the attached queue of dead letters. */
  readonly queue: string;
  /** Says what it would do, and why; changes nothing. */
  readonly dryRun?: boolean | undefined;
  /** Messages a second. Default: as the redrive function is set. */
  readonly rate?: number | undefined;
}

/** A decision of a person about a breaker. */
export interface HoldRequest {
  readonly queue: string;
  readonly dependency: string;
  readonly hold: 'open' | 'closed';
  /** ISO 8601: when the hold ends by itself. */
  readonly until: string;
  readonly why: string;
  /** Takes the place of a hold that is in force. */
  readonly replace?: boolean | undefined;
}

export type LiftRequest = Pick<HoldRequest, 'queue' | 'dependency' | 'why'>;

/** What somebody asks for, and how the audit says that it was done. */
interface Asked {
  readonly what: string;
  readonly done: string;
  readonly note: string;
}

/** Characters of a name that the hold function takes. */
const LONGEST_NAME = 100;

/** The functions that operate an attached queue, as somebody with rights uses them; what is changed is written down. */
export class QueueOperations {
  constructor(
    private readonly desk: Desk,
    private readonly ports: OperationPorts,
  ) {}

  /** Releases what is parked if the canary is green, or says what would be done. Asked again while it goes on, it says how far it is. */
  async releaseParked(actor: Actor, { queue, dryRun = false, rate }: ParkedRequest): Promise<unknown> {
    await this.desk.permit(actor, dryRun ? 'look' : 'release parked', queue);
    const { redrive } = await this.settingsOf(queue);
    if (!redrive) throw new RefusedError(`nothing releases what is parked for ${queue}: its settings name no redrive`);
    const request = { operation: 'redrive', dryRun, ...(rate !== undefined && { rate }) };
    if (dryRun) return this.ports.invoke(redrive, request);
    const asked = {
      what: 'release parked',
      done: 'released parked',
      note: rate === undefined ? '' : `${rate} a second`,
    };
    return this.invoke(actor, queue, asked, { functionArn: redrive, request });
  }

  async breaker(actor: Actor, queue: string): Promise<unknown> {
    await this.desk.permit(actor, 'look', queue);
    return this.ports.invoke(await this.holdOf(queue), { operation: 'breaker-status' });
  }

  /** @throws RefusedError where SQS would delete what waits before the hold ends, or where another hold is in force */
  async hold(actor: Actor, { queue, ...hold }: HoldRequest): Promise<unknown> {
    const request = { operation: 'breaker-hold', ...hold };
    const on = `${hold.dependency} ${hold.hold}`;
    const asked = { what: `hold ${on}`, done: `held ${on}`, note: `until ${hold.until}: ${hold.why}` };
    return this.decide(actor, queue, asked, request);
  }

  async lift(actor: Actor, { queue, dependency, why }: LiftRequest): Promise<unknown> {
    const request = { operation: 'breaker-lift', dependency, why };
    const on = `the hold of ${dependency}`;
    return this.decide(actor, queue, { what: `lift ${on}`, done: `lifted ${on}`, note: why }, request);
  }

  private async decide(actor: Actor, queue: string, asked: Asked, request: object): Promise<unknown> {
    await this.desk.permit(actor, 'hold' satisfies Action, queue);
    const who = actor.name.slice(0, LONGEST_NAME);
    return this.invoke(actor, queue, asked, { functionArn: await this.holdOf(queue), request: { ...request, who } });
  }

  /** What is asked is written down before it is done, and what came of it after: whoever dies in between leaves the first. Both functions do the same thing once however often they are asked. */
  private async invoke(
    actor: Actor,
    queue: string,
    { what, done, note }: Asked,
    { functionArn, request }: { readonly functionArn: string; readonly request: object },
  ): Promise<unknown> {
    await this.desk.record(actor, `asked to ${what}`, queue, { note });
    try {
      const said = await this.ports.invoke(functionArn, request);
      await this.desk.record(actor, done, queue, { note: reasonOf(said) || note });
      return said;
    } catch (error) {
      if (error instanceof RefusedError) await this.desk.record(actor, what, queue, { refused: error.message });
      throw error;
    }
  }

  private async holdOf(queue: string): Promise<string> {
    const { breaker } = await this.settingsOf(queue);
    if (!breaker) throw new RefusedError(`no breaker stands before ${queue}: its settings name none`);
    return breaker;
  }

  private async settingsOf(queue: string): Promise<QueueSettings> {
    const found = (await this.desk.ports.store.settings()).find((each) => each.queue === queue);
    if (!found) throw new NotFoundError(`${queue} is not attached`);
    return found;
  }
}

/** The sentence of a redrive's report. */
const reasonOf = (report: unknown): string => {
  const { action, reason } = (report ?? {}) as { action?: unknown; reason?: unknown };
  return [action, reason].filter((each) => typeof each === 'string').join(': ');
};
