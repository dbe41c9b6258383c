import type { Outcome } from './decide';
import type { ConsumerDefinition, WorkContext } from './definition';
import { isConnectionReset, shorten, sortUnknown } from './failures';
import type { Message } from './message';
import { type Ports, RESERVE_MS, type Settings } from './ports';

/** Seconds by which a key counts as forgotten too early. */
const KEY_LIFE_MARGIN = 60;
const DONE: Outcome = { kind: 'done' };

/** What an attempt is made with. */
export interface Attempting<Value> {
  readonly definition: ConsumerDefinition<Value>;
  readonly settings: Settings;
  readonly ports: Ports;
}

/** Asks the dependency; whatever is thrown is sorted. A refusal counts only if the canary isn't refused as well. */
export async function attempt<Value>(
  message: Message,
  { value, id }: { readonly value: Value; readonly id: string },
  askedAt: Date | undefined,
  kept: { result?: unknown },
  attempting: Attempting<Value>,
): Promise<Outcome> {
  const { definition, settings, ports } = attempting;
  const limit = new TimeLimit(Math.max(1, Math.min(settings.timeout, ports.remaining() - RESERVE_MS)));
  const context = new Context(id, message, limit, ports);
  try {
    if (keyIsForgotten(askedAt, attempting)) {
      if (!definition.lookup) {
        const detail = `It was asked for on ${askedAt?.toISOString()}, nobody knows what came of it, and the dependency has forgotten the key by now. Look it up there before it is sent again.`;
        return { kind: 'forgotten', detail };
      }
      const { lookup } = definition;
      const found = await limit.within(() => lookup(value, context));
      if (found !== undefined) {
        kept.result = found;
        return { kind: 'done', detail: 'an earlier call had done it' };
      }
    }
    const work = () => definition.work(value, context);
    try {
      kept.result = await limit.within(work);
    } catch (error) {
      if (!isConnectionReset(error) || limit.isOver) throw error;
      kept.result = await limit.within(work);
    }
    return DONE;
  } catch (error) {
    return sort(error, attempting);
  } finally {
    limit.stop();
  }
}

async function sort<Value>(error: unknown, { definition, ports }: Attempting<Value>): Promise<Outcome> {
  const failure = definition.sort?.(error) ?? sortUnknown(error);
  const detail = shorten(failure.message);
  switch (failure.name) {
    case 'Internal':
      return { kind: 'internal', detail };
    case 'Unavailable':
      return { kind: 'unavailable', detail, retryAfter: failure.retryAfter, notAsked: failure.notAsked };
    case 'Refused':
      // What refuses everybody has a fault of its own: an expired key, a broken release.
      return (await ports.canary()) === 'red'
        ? { kind: 'unavailable', detail: shorten(`refused, and so is the canary: ${detail}`) }
        : { kind: 'refused', detail, path: failure.path };
  }
}

function keyIsForgotten<Value>(askedAt: Date | undefined, { definition, settings, ports }: Attempting<Value>): boolean {
  const { idempotencyKeyLife: life } = definition;
  if (life === undefined || askedAt === undefined) return false;
  return (ports.now().getTime() - askedAt.getTime() + settings.timeout) / 1000 + KEY_LIFE_MARGIN > life;
}

/** What the work is given. A getter of its own on each would cost more than all that the kit does for a message beside it. */
class Context implements WorkContext {
  readonly environment: WorkContext['environment'];
  readonly attempt: number;
  readonly sentAt: Date;
  readonly logger: WorkContext['logger'];

  constructor(
    readonly idempotencyKey: string,
    { receiveCount, sentAt }: Message,
    private readonly limit: TimeLimit,
    { environment, logger }: Ports,
  ) {
    this.environment = environment;
    this.attempt = receiveCount;
    this.sentAt = sentAt;
    this.logger = logger;
  }

  get signal(): AbortSignal {
    return this.limit.signal;
  }
}

/** The time that one attempt has: not everything that is waited for listens to a signal. The signal itself is made when the work asks for it. */
class TimeLimit {
  private readonly timer: NodeJS.Timeout;
  private controller: AbortController | undefined;
  private error: DOMException | undefined;
  private giveUp: (error: DOMException) => void = () => {};

  constructor(milliseconds: number) {
    this.timer = setTimeout(() => {
      this.error = new DOMException(`no answer in ${milliseconds} ms`, 'TimeoutError');
      this.controller?.abort(this.error);
      this.giveUp(this.error);
    }, milliseconds);
  }

  get isOver(): boolean {
    return this.error !== undefined;
  }

  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.error) this.controller.abort(this.error);
    return this.controller.signal;
  }

  /** @throws what the work throws, or TimeoutError when the time is over before it has answered */
  within<T>(work: () => Promise<T> | T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.giveUp = reject;
      // Not resolved with the promise itself: that would bind this one to it, and the time could end nothing.
      Promise.resolve(work()).then(resolve, reject);
    });
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
