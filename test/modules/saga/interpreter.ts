import jsonata from 'jsonata';
import type { State, StateMachine } from '../../../modules/saga';
import type { Clock } from './clock';

/** An error as Step Functions sees it. */
export class StatesError extends Error {
  constructor(
    readonly error: string,
    override readonly cause: string,
  ) {
    super(`${error}: ${cause}`);
  }
}

export interface World {
  readonly clock: Clock;
  random(): number;
  /** Calls what a task names, with its arguments evaluated. Throws a StatesError, or never returns in time. */
  call(resource: string, args: unknown, state: string): Promise<unknown>;
}

export type Status = 'RUNNING' | 'SUCCEEDED' | 'FAILED';

/** Where one line of control stands: kept after a failure, so that a redrive goes on from there. */
interface Position {
  at: string;
  input: unknown;
  branches?: Position[];
  result?: unknown;
  ended: boolean;
}

const compiled = new Map<string, ReturnType<typeof jsonata>>();
function expression(text: string) {
  const known = compiled.get(text);
  if (known) return known;
  const fresh = jsonata(text);
  compiled.set(text, fresh);
  return fresh;
}

/**
 * Runs the states that a saga compiles to (Task, Choice, Parallel, Pass; JSONata) as the Amazon States Language says, in virtual time, with
 * redrive as the Step Functions guide says: successful states aren't run again, the unsuccessful state is entered again with its input,
 * retries counted anew, in a Parallel only the branches that failed or were aborted.
 */
export class Execution {
  status: Status = 'RUNNING';
  output: unknown;
  failure: StatesError | undefined;
  redrives = 0;
  readonly entered: string[] = [];
  private position: Position;
  private generation = 0;

  constructor(
    private readonly machine: StateMachine,
    readonly name: string,
    readonly input: unknown,
    private readonly world: World,
  ) {
    this.position = { at: machine.StartAt, input, ended: false };
  }

  async run(): Promise<void> {
    this.status = 'RUNNING';
    this.generation += 1;
    try {
      this.output = await this.follow(this.machine, this.position, this.generation);
      this.status = 'SUCCEEDED';
    } catch (error) {
      if (!(error instanceof StatesError)) throw error;
      this.failure = error;
      this.status = 'FAILED';
      // Whatever else was under way is aborted.
      this.generation += 1;
    }
  }

  async redrive(): Promise<void> {
    if (this.status !== 'FAILED') throw new Error('ExecutionNotRedrivable');
    this.redrives += 1;
    await this.run();
  }

  private async follow(machine: StateMachine, position: Position, generation: number): Promise<unknown> {
    while (!position.ended) {
      const state = machine.States[position.at];
      if (!state) throw new StatesError('States.Runtime', `no state ${position.at}`);
      if (this.generation !== generation) return new Promise(() => undefined);
      this.entered.push(position.at);
      const { next, output } = await this.step(state, position, generation);
      // Aborted while it ran: nobody waits for the answer, and the position stays where it was.
      if (this.generation !== generation) return new Promise(() => undefined);
      delete position.branches;
      if (next === undefined) {
        position.ended = true;
        position.result = output;
      } else {
        position.at = next;
        position.input = output;
      }
    }
    return position.result;
  }

  private async step(
    state: State,
    position: Position,
    generation: number,
  ): Promise<{ next: string | undefined; output: unknown }> {
    switch (state.Type) {
      case 'Pass': {
        const output = 'Output' in state ? await this.evaluate(state.Output, position, {}) : position.input;
        return { next: state.Next, output };
      }
      case 'Choice': {
        for (const { Condition, Next } of state.Choices as { Condition: string; Next: string }[]) {
          const holds = await this.evaluate(Condition, position, {});
          if (typeof holds !== 'boolean')
            throw new StatesError('States.QueryEvaluationError', `${Condition}: ${holds}`);
          if (holds) return { next: Next, output: position.input };
        }
        if (state.Default === undefined) throw new StatesError('States.NoChoiceMatched', position.at);
        return { next: state.Default as string, output: position.input };
      }
      case 'Parallel': {
        const machines = state.Branches as StateMachine[];
        position.branches ??= machines.map(({ StartAt }) => ({ at: StartAt, input: position.input, ended: false }));
        const result = await Promise.all(
          machines.map((branch, index) => this.follow(branch, position.branches?.[index] as Position, generation)),
        );
        return { next: state.Next, output: await this.evaluate(state.Output, position, { result }) };
      }
      case 'Task':
        return this.task(state, position, generation);
    }
  }

  private async task(state: State, position: Position, generation: number) {
    const retriers = (state.Retry ?? []) as {
      ErrorEquals: string[];
      IntervalSeconds: number;
      BackoffRate: number;
      MaxAttempts: number;
      MaxDelaySeconds: number;
    }[];
    const matches = (names: readonly string[], { error }: StatesError) =>
      names.includes(error) || names.includes('States.ALL');
    const tried = new Map<object, number>();
    for (;;) {
      if (this.generation !== generation) return new Promise<never>(() => undefined);
      try {
        const args = await this.evaluate(state.Arguments, position, {});
        const result = await this.withTimeout(
          this.world.call(state.Resource as string, args, position.at),
          state.TimeoutSeconds as number,
        );
        return { next: state.Next, output: await this.evaluate(state.Output, position, { result }) };
      } catch (error) {
        if (!(error instanceof StatesError)) throw error;
        const retrier = retriers.find(({ ErrorEquals }) => matches(ErrorEquals, error));
        const count = retrier ? (tried.get(retrier) ?? 0) : 0;
        if (retrier && count < retrier.MaxAttempts) {
          tried.set(retrier, count + 1);
          const ceiling = Math.min(retrier.MaxDelaySeconds, retrier.IntervalSeconds * retrier.BackoffRate ** count);
          await this.world.clock.sleep(this.world.random() * ceiling);
          continue;
        }
        const catchers = (state.Catch ?? []) as { ErrorEquals: string[]; Output: string; Next: string }[];
        const catcher = catchers.find(({ ErrorEquals }) => matches(ErrorEquals, error));
        if (!catcher) throw error;
        const errorOutput = { Error: error.error, Cause: error.cause };
        return { next: catcher.Next, output: await this.evaluate(catcher.Output, position, { errorOutput }) };
      }
    }
  }

  private async withTimeout<T>(work: Promise<T>, seconds: number): Promise<T> {
    work.catch(() => undefined);
    return Promise.race([
      work,
      this.world.clock.sleep(seconds).then(() => {
        throw new StatesError('States.Timeout', '');
      }),
    ]);
  }

  private async evaluate(template: unknown, position: Position, more: object): Promise<unknown> {
    if (Array.isArray(template)) return Promise.all(template.map((item) => this.evaluate(item, position, more)));
    if (template !== null && typeof template === 'object') {
      const entries = Object.entries(template).map(
        async ([key, value]) => [key, await this.evaluate(value, position, more)] as const,
      );
      return Object.fromEntries(await Promise.all(entries));
    }
    const text = typeof template === 'string' ? /^\{%(.*)%\}$/s.exec(template)?.[1] : undefined;
    if (text === undefined) return template;
    const states = {
      input: position.input,
      context: {
        Execution: { Id: `execution:${this.name}`, Name: this.name, Input: this.input, RedriveCount: this.redrives },
        State: { Name: position.at, EnteredTime: new Date(this.world.clock.now * 1000).toISOString() },
      },
      ...more,
    };
    try {
      const value = await expression(text).evaluate({}, { states });
      // Results of JSONata carry hidden marks (sequence); what goes from state to state is JSON.
      return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
    } catch (error) {
      throw new StatesError('States.QueryEvaluationError', (error as Error).message);
    }
  }
}
