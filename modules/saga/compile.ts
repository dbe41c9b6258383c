import {
  allSteps,
  isParallel,
  type Parallel,
  problemsOf,
  RETRY,
  type Retry,
  retryOf,
  type SagaDefinition,
  type Sequence,
  type Step,
  type Task,
} from './definition';

/** A state of Amazon States Language, as far as a saga uses it. */
export interface State {
  readonly Type: 'Task' | 'Choice' | 'Parallel' | 'Pass';
  readonly Next?: string;
  readonly [field: string]: unknown;
}

export interface StateMachine {
  readonly Comment?: string;
  readonly QueryLanguage?: 'JSONata';
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

type States = Record<string, State>;

/** What every state is compiled with. */
interface Context extends CompileOptions {
  readonly retryOf: (task: Task, lasting: boolean) => Required<Retry>;
}

export interface CompileOptions {
  /** What the console shows at the top. */
  readonly comment: string;
  /** Where what can't be completed or compensated is sent. */
  readonly parkingQueueUrl: string;
}

/** Redrives of this execution so far. Source: Step Functions guide, "Accessing execution data from the Context object". */
const REDRIVES = '($exists($states.context.Execution.RedriveCount) ? $states.context.Execution.RedriveCount : 0)';

const jsonata = (expression: string) => `{% ${expression} %}`;
const quote = (text: string) => `'${text}'`;

/** The document that flows through the saga, with changes: `{ input, steps, results, failure?, parked? }`. */
const document = (...changes: string[]) => jsonata(`$merge([$states.input, {${changes.join(', ')}}])`);
const mark = (step: string, outcome: string) =>
  `'steps': $merge([$states.input.steps, {${quote(step)}: ${quote(outcome)}}])`;
const keep = ({ name, result = '$states.result' }: Task) =>
  `'results': $merge([$states.input.results, {${quote(name)}: ${result}}])`;
/** Characters of an error's cause that are kept: a cause can be as large as all that a state may hold, 256 KiB, and more than that ends the execution uncaught. */
const CAUSE_CHARACTERS = 1000;
const note = (field: string, task: string, more = '') =>
  `${quote(field)}: {'task': ${quote(task)}, 'error': $states.errorOutput.Error, 'cause': $substring($string($states.errorOutput.Cause), 0, ${CAUSE_CHARACTERS})${more}}`;

/** @throws Error that names everything that is wrong with the definition */
export function compile(definition: SagaDefinition, options: CompileOptions): StateMachine {
  const context: Context = { ...options, retryOf: (task, lasting) => retryOf(definition, task, lasting) };
  const problems = problemsOf(definition);
  if (problems.length > 0) throw new Error(problems.map((problem) => `saga ${problem}`).join('\n'));
  const states: States = {
    begin: { Type: 'Pass', Output: { input: jsonata('$states.input'), steps: {}, results: {} }, Next: '' },
  };
  const { steps, afterCompensation } = definition;
  const undone = afterCompensation?.name ?? 'compensated';
  const undo = compileUndo(states, steps, undone, context);
  const start = compileForward(states, steps, {
    next: 'committed',
    refused: (index) => undo(index - 1),
    unknown: undo,
    context,
  });
  states.begin = { ...(states.begin as State), Next: start };
  if (afterCompensation) {
    addParkable(states, afterCompensation, document(keep(afterCompensation)), 'compensated', context);
  }
  // Taken back completely is an outcome, not a failure: a failed execution is one that needs a person. Pass and not Succeed, whose Output the local
  // emulator leaves out.
  const outcome = (name: string): State => ({
    Type: 'Pass',
    Output: jsonata(
      `{'outcome': ${quote(name)}, 'steps': $states.input.steps, 'results': $states.input.results, 'failure': $states.input.failure}`,
    ),
    End: true,
  });
  states.committed = outcome('committed');
  states.compensated = outcome('compensated');
  return { Comment: options.comment, QueryLanguage: 'JSONata', StartAt: 'begin', States: states };
}

interface Way {
  /** The state after the sequence. */
  readonly next: string;
  /** Where to go when the step (or group) at this index did nothing. */
  readonly refused: (index: number) => string;
  /** Where to go when it may have done something. */
  readonly unknown: (index: number) => string;
  readonly context: Context;
}

/** @returns the sequence's first state */
function compileForward(states: States, sequence: Sequence, way: Way): string {
  return sequence.reduceRight((next, node, index) => {
    if (isParallel(node)) return compileParallel(states, node, next, way.unknown(index), way.context);
    addAction(states, node, next, way.refused(index), way.unknown(index), way.context);
    return node.action.name;
  }, way.next);
}

function addAction(
  states: States,
  { action, finalErrors = [], onFailure }: Step,
  next: string,
  refused: string,
  unknown: string,
  context: Context,
): void {
  const { name } = action;
  const done = document(mark(name, 'done'), keep(action));
  if (onFailure === 'park') {
    addParkable(states, action, done, next, context, { mark: mark(name, 'unknown'), finalErrors });
    return;
  }
  const caught = (outcome: string) => document(mark(name, outcome), note('failure', name));
  states[name] = {
    ...taskState(action, context.retryOf(action, false), finalErrors),
    Output: done,
    Catch: [
      ...(finalErrors.length > 0 ? [{ ErrorEquals: finalErrors, Output: caught('refused'), Next: refused }] : []),
      { ErrorEquals: ['States.ALL'], Output: caught('unknown'), Next: unknown },
    ],
    Next: next,
  };
}

/** Every branch ends normally, whatever became of it: a failed branch would make Step Functions abort the others in mid-effect. */
function compileParallel(
  states: States,
  { name, branches }: Parallel,
  next: string,
  failed: string,
  context: Context,
): string {
  const settled = `${name} settled`;
  states[name] = {
    Type: 'Parallel',
    Branches: branches.map((branch, index) => {
      const inner: States = {};
      const end = `${name} ${index + 1} ends`;
      const StartAt = compileForward(inner, branch, { next: end, refused: () => end, unknown: () => end, context });
      inner[end] = branchEnd(branch);
      return { StartAt, States: inner };
    }),
    Output: MERGE,
    Next: settled,
  };
  states[settled] = {
    Type: 'Choice',
    Choices: [{ Condition: jsonata('$exists($states.input.failure)'), Next: failed }],
    Default: next,
  };
  return name;
}

/** The documents of all branches, made one. */
const MERGE = jsonata(
  `$merge([$states.input, {'steps': $merge([$states.input.steps, $states.result.steps]), 'results': $merge($states.result.results), 'failure': ($states.result.failure)[0]}])`,
);

/** A branch ends with the marks of its own steps only: it knows nothing new of the others', and old marks must not overwrite theirs. */
const branchEnd = (branch: Sequence): State => {
  const own = allSteps(branch).map(({ action }) => quote(action.name));
  return {
    Type: 'Pass',
    Output: document(`'steps': $sift($states.input.steps, function($mark, $step) { $step in [${own.join(', ')}] })`),
    End: true,
  };
};

/**
 * Compensations in reverse.
 *
 * @returns the state at which undoing the node at an index, and all before it, begins
 */
function compileUndo(states: States, sequence: Sequence, end: string, context: Context): (index: number) => string {
  const entries: string[] = [];
  for (const node of sequence) {
    const earlier = entries.at(-1) ?? end;
    if (isParallel(node)) {
      entries.push(undoParallel(states, node, earlier, context));
    } else if (!node.compensation) {
      entries.push(earlier);
    } else {
      const done = document(mark(node.action.name, 'compensated'), keep(node.compensation));
      const comment = `compensates ${node.action.name}`;
      addParkable(states, node.compensation, done, earlier, context, { comment });
      entries.push(node.compensation.name);
    }
  }
  return (index) => entries[index] ?? end;
}

function undoParallel(states: States, group: Parallel, next: string, context: Context): string {
  const { name, branches } = group;
  if (!allSteps([group]).some(({ compensation }) => compensation)) return next;
  const undo = `undo ${name}`;
  states[undo] = {
    Type: 'Parallel',
    Branches: branches.map((branch, index) => {
      const inner: States = {};
      const end = `undo ${name} ${index + 1} ends`;
      const from = `undo ${name} ${index + 1}`;
      const entry = compileUndo(inner, branch, end, context);
      inner[end] = branchEnd(branch);
      // How far the branch came decides where its way back begins: at the last node of which anything may be done.
      const choices = branch
        .map((node, at) => ({ Condition: mayBeDone(node), Next: entry(at) }))
        .filter(({ Next }) => Next !== end)
        .reverse();
      if (choices.length === 0) return { StartAt: end, States: inner };
      inner[from] = { Type: 'Choice', Choices: choices, Default: end };
      return { StartAt: from, States: inner };
    }),
    Output: MERGE,
    Next: next,
  };
  return undo;
}

const mayBeDone = (node: Step | Parallel) =>
  jsonata(
    allSteps([node])
      .map(({ action }) => `$lookup($states.input.steps, ${quote(action.name)}) in ['done', 'unknown']`)
      .join(' or '),
  );

/**
 * A task that can't be compensated, only done: when it fails for good its state is parked and the execution fails, at a state from which a redrive
 * does it again. Redrive re-enters the state that failed, with the input it had; a Fail state would only fail again, and a Choice is evaluated anew
 * (Step Functions guide, "Redriving executions"). So the execution fails at a Choice that lets nothing through until it has been redriven.
 */
function addParkable(
  states: States,
  task: Task,
  output: string,
  next: string,
  context: Context,
  { mark, comment, finalErrors = [] }: { mark?: string; comment?: string; finalErrors?: readonly string[] } = {},
): void {
  const { name } = task;
  const park = `park ${name}`;
  const gate = `${name} is parked`;
  const parked = note('parked', name, `, 'redrives': ${REDRIVES}`);
  states[name] = {
    ...taskState(task, context.retryOf(task, true), finalErrors),
    ...(comment && { Comment: comment }),
    Output: output,
    Catch: [{ ErrorEquals: ['States.ALL'], Output: document(...(mark ? [mark] : []), parked), Next: park }],
    Next: next,
  };
  states[park] = {
    Type: 'Task',
    Resource: 'arn:aws:states:::sqs:sendMessage',
    Arguments: {
      QueueUrl: context.parkingQueueUrl,
      MessageBody: jsonata(
        `$string($merge([$states.input, {'execution': $states.context.Execution.Id, 'saga': $states.context.Execution.Name, 'parkedAt': $states.context.State.EnteredTime}]))`,
      ),
    },
    TimeoutSeconds: 30,
    Retry: [retrier(RETRY)],
    Output: jsonata('$states.input'),
    Next: gate,
  };
  states[gate] = {
    Type: 'Choice',
    Comment: `waits for a redrive, then goes back to ${name}`,
    Choices: [{ Condition: jsonata(`${REDRIVES} > $states.input.parked.redrives`), Next: name }],
  };
}

function taskState(task: Task, retry: Required<Retry>, finalErrors: readonly string[]): State {
  return {
    Type: 'Task',
    Resource: task.resource,
    Arguments: task.arguments,
    TimeoutSeconds: task.timeout ?? 60,
    Retry: [...(finalErrors.length > 0 ? [{ ErrorEquals: finalErrors, MaxAttempts: 0 }] : []), retrier(retry)],
  };
}

const retrier = ({ interval, rate, attempts, cap }: Required<Retry>) => ({
  ErrorEquals: ['States.ALL'],
  IntervalSeconds: interval,
  BackoffRate: rate,
  MaxAttempts: attempts,
  MaxDelaySeconds: cap,
  JitterStrategy: 'FULL',
});
