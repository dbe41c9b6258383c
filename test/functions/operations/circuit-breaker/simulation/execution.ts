import type { RecoverAnswer, RecoverInput } from '../../../../../functions/operations/circuit-breaker/recover/contract';
import { recoveryDefinition } from '../../../../../modules/circuit-breaker/recovery-definition';
import type { Time } from './time';
import type { Name } from './world';

type Data = RecoverInput & Partial<RecoverAnswer>;

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly StringEquals: string; readonly Next: string }[];
  readonly Retry?: readonly {
    readonly IntervalSeconds: number;
    readonly BackoffRate: number;
    readonly MaxDelaySeconds: number;
  }[];
}

const { StartAt, States } = recoveryDefinition({ recoverArn: 'recover' }) as {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
};

/** Attempts of a look until its execution fails; fewer than the definition has, so that some do. */
const ATTEMPTS = 3;

export interface Tasks {
  /** @returns nothing when the function died */
  look(input: RecoverInput): Promise<RecoverAnswer | undefined>;
  canary(name: Name): Promise<boolean>;
  start(name: string, input: RecoverInput): void;
}

/** An execution of the recovery's state machine, by the definition that the module deploys. */
export class Execution {
  running = true;
  /** When it was last seen to go on. */
  lookedAt: number;

  constructor(
    readonly name: string,
    private data: Data,
    private readonly time: Time,
    private readonly tasks: Tasks,
  ) {
    this.lookedAt = time.now;
    this.run();
  }

  /** What it would be started with by hand now, in the middle of what it does. */
  get copied(): RecoverInput {
    return { ...this.data };
  }

  private async run(): Promise<void> {
    let at: string | undefined = StartAt;
    while (at && this.running) {
      const state: State | undefined = States[at];
      if (!state) throw new Error(`the definition has no state ${at}`);
      at = await this.enter(at, state);
    }
    this.running = false;
  }

  private async enter(name: string, state: State): Promise<string | undefined> {
    const { data, tasks, time } = this;
    switch (state.Type) {
      case 'Choice':
        return state.Choices?.find(({ StringEquals }) => StringEquals === data.phase)?.Next ?? state.Default;
      case 'Wait':
        await time.sleep((data.seconds ?? 0) * 1000);
        return state.Next;
      case 'Succeed':
        return undefined;
    }
    switch (name) {
      case 'Look': {
        this.lookedAt = time.now;
        const answer = await this.look(state);
        if (!answer) return undefined;
        const { dependency, epoch, run } = data;
        this.data = { dependency, epoch, run, ...answer };
        return state.Next;
      }
      case 'Canary': {
        const green = await tasks.canary(data.canaryFunction as Name);
        this.data = { ...data, canary: { answer: { green, detail: green ? 'answered' : 'no answer' } } };
        return state.Next;
      }
      case 'Hand over':
        if (data.next) tasks.start(data.next.name, data.next.input);
        return state.Next;
      default:
        throw new Error(`the simulation knows no task ${name}`);
    }
  }

  /** A look that died is repeated with the same input, later and later. */
  private async look({ Retry = [] }: State): Promise<RecoverAnswer | undefined> {
    const [retry] = Retry;
    if (!retry) throw new Error('a look is not retried');
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const answer = await this.tasks.look(this.data);
      if (answer) return answer;
      const delay = Math.min(retry.MaxDelaySeconds, retry.IntervalSeconds * retry.BackoffRate ** attempt);
      await this.time.sleep(this.time.random() * delay * 1000);
    }
    return undefined;
  }
}
