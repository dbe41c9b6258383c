/**
 * What a saga is, as data: steps in order, some of them side by side, each with what takes it back. `compile` turns it into Amazon States
 * Language; nothing here knows Terraform.
 */

/** How a task is tried again, always with full jitter: each wait is a random part of what it could be. Defaults: `RETRY` for what can be taken back, `LASTING_RETRY` for what can only be done. */
export interface Retry {
  /** Seconds before the first retry: 1 to 99,999,999. Default 2. Source: Amazon States Language, "Retrier". */
  readonly interval?: number;
  /** Factor from one wait to the next: 1 or more. Default 2. */
  readonly rate?: number;
  /** Retries after the first attempt: 0 to 99,999,999; 0 never tries again. Default 4, or 295. */
  readonly attempts?: number;
  /** Seconds; no wait is longer: more than `interval`, less than 31,622,400. Default 60, or 600. */
  readonly cap?: number;
}

/** For an action that can be taken back: half a minute, then the saga turns back. */
export const RETRY: Required<Retry> = { interval: 2, rate: 2, attempts: 4, cap: 60 };

/**
 * For a task that can only be done: a compensation, a step that parks, what follows compensation. The outage that made the saga turn back is the one that its
 * compensations run into, so they outlast it: waits of 1, 2, 4 … 256 s and then of 300 s on average come to 24 hours in 295 retries. Only then it needs a person.
 */
export const LASTING_RETRY: Required<Retry> = { interval: 2, rate: 2, attempts: 295, cap: 600 };

/** One call that Step Functions makes. */
export interface Task {
  /** The state's name in the console, the history and the parking message: 1 to 60 characters, one of its kind in the saga. */
  readonly name: string;
  /** `arn:aws:states:::lambda:invoke`, or any other service integration: `arn:aws:states:::dynamodb:updateItem`, `arn:aws:states:::aws-sdk:…`. */
  readonly resource: string;
  /** The call's arguments; JSONata in `{% … %}` sees the saga's document as `$states.input`. */
  readonly arguments: unknown;
  /** JSONata for what to keep of the answer under `results.<name>`. Default `$states.result`. */
  readonly result?: string;
  /** Seconds until an attempt counts as failed with unknown outcome: 1 to 99,999,999. Default 60. */
  readonly timeout?: number;
  /** How it is tried again. Default: as the saga says. */
  readonly retry?: Retry;
  /** What the state machine has to be allowed for it: IAM actions, and the ARNs they are for. Default: nothing. */
  readonly permissions?: readonly { readonly actions: readonly string[]; readonly resources: readonly string[] }[];
}

export interface Step {
  /** What is done. */
  readonly action: Task;
  /**
   * Takes the action back. It is called when the action is done **and when nobody knows**, so it has to be idempotent, safe when the action never
   * happened, and final: an action that arrives after it must find that it came too late. Default: none, for a step that leaves nothing behind.
   */
  readonly compensation?: Task;
  /**
   * Errors by which the action says: nothing was done, and nothing will be, not by an earlier attempt either. They are not tried again, and this step
   * isn't compensated. Every other error is tried again, then counts as unknown. Default: none is final.
   */
  readonly finalErrors?: readonly string[];
  /**
   * `compensate` (default): take back what was done. `park`: the saga is past the point of no return, so this step is only ever tried again; when
   * it can't be done it is parked for a person.
   */
  readonly onFailure?: 'compensate' | 'park';
}

/** Branches that run side by side. All of them come to rest before any of them is compensated. */
export interface Parallel {
  /** The state's name. */
  readonly name: string;
  /** Each a sequence of its own. */
  readonly branches: readonly Sequence[];
}

export type Sequence = readonly (Step | Parallel)[];

export interface SagaDefinition {
  /** One after the other, from top to bottom. */
  readonly steps: Sequence;
  /** For actions that can be taken back, where the task says nothing. Default: 2 s, doubled up to 60 s, 4 retries. */
  readonly retry?: Retry;
  /** For tasks that can only be done, where the task says nothing. Default: 2 s, doubled up to 600 s, 295 retries: about a day. */
  readonly lastingRetry?: Retry;
  /** Runs when everything is taken back, for example to tell the customer; parked if it fails for good. Default: nothing. */
  readonly afterCompensation?: Task;
}

export const isParallel = (node: Step | Parallel): node is Parallel => 'branches' in node;

/** Every step, whichever branch it is in. */
export const allSteps = (sequence: Sequence): Step[] =>
  sequence.flatMap((node) => (isParallel(node) ? node.branches.flatMap(allSteps) : [node]));

const allParallels = (sequence: Sequence): Parallel[] =>
  sequence.flatMap((node) => (isParallel(node) ? [node, ...node.branches.flatMap(allParallels)] : []));

/** Every task, with where a message about it should point. */
export function allTasks({ steps, afterCompensation }: SagaDefinition): Task[] {
  const tasks = allSteps(steps).flatMap(({ action, compensation }) =>
    compensation ? [action, compensation] : [action],
  );
  return afterCompensation ? [...tasks, afterCompensation] : tasks;
}

/** How a task of the definition is tried again: what it says itself, then what the saga says, then the default. */
export function retryOf({ retry, lastingRetry }: SagaDefinition, task: Task, lasting: boolean): Required<Retry> {
  const standard = lasting ? LASTING_RETRY : RETRY;
  const given = { ...(lasting ? lastingRetry : retry), ...task.retry };
  const { interval = standard.interval } = given;
  return { ...standard, cap: Math.max(standard.cap, interval + 1), ...given };
}

/** Every task with how it is tried again. */
function retries(definition: SagaDefinition): { name: string; retry: Required<Retry> }[] {
  const { steps, afterCompensation } = definition;
  const of = (task: Task | undefined, lasting: boolean) =>
    task ? [{ name: task.name, retry: retryOf(definition, task, lasting) }] : [];
  return [
    ...allSteps(steps).flatMap((step) => [...of(step.action, parks(step)), ...of(step.compensation, true)]),
    ...of(afterCompensation, true),
  ];
}

/** Events that one attempt writes: scheduled, started, failed. Source: Step Functions API, HistoryEvent. */
const EVENTS_OF_ATTEMPT = 3;
/** Events of entering and leaving a state and, where that is parked, of sending the message and of the gate behind it. */
const EVENTS_AROUND_TASK = 20;
/** An execution fails when its history reaches this many events, and one with 24,999 can't be redriven. Source: Step Functions quotas; guide, "redrive". */
const MAXIMUM_EVENTS = 25_000;

/** The most that an execution can write until it ends or is parked, if every task of it, compensations too, uses up its retries. */
export const mostEvents = (definition: SagaDefinition): number =>
  retries(definition).reduce(
    (sum, { retry: { attempts } }) => sum + (attempts + 1) * EVENTS_OF_ATTEMPT + EVENTS_AROUND_TASK,
    0,
  );

/** What is wrong with a definition, all of it at once; empty when it compiles. */
export function problemsOf(definition: SagaDefinition): string[] {
  const problems: string[] = [];
  const parallels = allParallels(definition.steps);
  const tasks = allTasks(definition);
  const names = [...tasks.map(({ name }) => name), ...parallels.map(({ name }) => name)];
  if (allSteps(definition.steps).length === 0) problems.push('has no step');
  for (const [index, name] of names.entries()) {
    // State names are at most 80 characters; " is parked" and the like are added to a task's.
    if (!/^[A-Za-z0-9][A-Za-z0-9 _-]{0,59}$/.test(name)) {
      problems.push(`names a state "${name}"; 1 to 60 letters, digits, spaces, hyphens and underscores are allowed`);
    }
    if (RESERVED.includes(name)) problems.push(`names a state "${name}", which the saga needs itself`);
    if (names.indexOf(name) !== index) problems.push(`names two states "${name}"; a name is used once`);
  }
  for (const { name, branches } of parallels) {
    if (branches.length === 0 || branches.some((branch) => branch.length === 0)) {
      problems.push(`has in ${name} a branch without a step, or no branch`);
    }
  }
  for (const { name, timeout = 60 } of tasks) {
    if (!whole(timeout, 1, LARGEST)) problems.push(`gives ${name} a timeout of ${timeout} s; whole seconds from 1`);
  }
  for (const { name, retry } of retries(definition)) {
    const { interval, rate, attempts, cap } = retry;
    if (!whole(interval, 1, LARGEST)) problems.push(`retries ${name} after ${interval} s; whole seconds from 1`);
    if (!(rate >= 1)) problems.push(`retries ${name} with a rate of ${rate}; 1 or more`);
    if (!whole(attempts, 0, LARGEST)) problems.push(`retries ${name} ${attempts} times; a whole number from 0`);
    if (!whole(cap, interval + 1, 31_622_399))
      problems.push(`caps ${name}'s waits at ${cap} s; more than its interval of ${interval} s, below 31,622,400`);
  }
  for (const { action, finalErrors = [] } of allSteps(definition.steps)) {
    const reserved = finalErrors.filter((error) => /^States\.|^Lambda\.|^Sandbox\./.test(error));
    if (reserved.length > 0)
      problems.push(
        `calls ${reserved.join(', ')} final for ${action.name}; after an error of Step Functions or Lambda nobody knows whether the action was done`,
      );
  }
  const events = mostEvents(definition);
  if (events > MAXIMUM_EVENTS / 2) {
    problems.push(
      `can write ${events} events if every task uses up its retries; ${MAXIMUM_EVENTS / 2} are allowed, for Step Functions ends an execution at ${MAXIMUM_EVENTS} and resuming it writes more. Give fewer attempts, with a longer cap`,
    );
  }
  problems.push(...beyondTheReturn(definition.steps));
  return problems;
}

/** After a step that can only be parked nothing may ask for compensation: the way back is gone. */
function beyondTheReturn(sequence: Sequence, from?: string): string[] {
  const problems: string[] = [];
  let pivot = from;
  for (const node of sequence) {
    if (isParallel(node)) {
      for (const branch of node.branches) {
        const beside = node.branches
          .filter((other) => other !== branch)
          .flatMap(allSteps)
          .find(parks);
        problems.push(...beyondTheReturn(branch, pivot ?? beside?.action.name));
      }
      pivot ??= allSteps([node]).find(parks)?.action.name;
    } else if (parks(node)) pivot ??= node.action.name;
    else if (pivot)
      problems.push(
        `compensates when ${node.action.name} fails, but ${pivot}, before or beside it, parks: there is no way back`,
      );
  }
  return problems;
}

const parks = ({ onFailure }: Step) => onFailure === 'park';

/** Names that `compile` gives to states of its own. */
export const RESERVED = ['begin', 'committed', 'compensated'];

const LARGEST = 99_999_999;
const whole = (value: number, least: number, most: number) =>
  Number.isInteger(value) && value >= least && value <= most;
