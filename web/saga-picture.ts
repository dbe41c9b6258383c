/**
 * A saga as a picture: which steps there are and how they lead on and back (from the state machine's definition), and what became of each (from an
 * execution's history). Pure, for the browser and for tests; `saga-picture-svg.ts` draws it.
 */

/** `failed`: refused, or given up; `compensated`: done or unknown, and taken back. */
export type NodeState = 'pending' | 'running' | 'done' | 'failed' | 'compensated';

export interface PictureNode {
  /** The state's name in the definition. */
  readonly name: string;
  readonly kind: 'action' | 'compensation' | 'end';
  readonly state: NodeState;
  /** It can be neither done nor taken back and waits for a person. */
  readonly parked: boolean;
  /** What a compensation takes back. */
  readonly compensates?: string;
  /** Column and row of a grid. */
  readonly column: number;
  readonly row: number;
}

export interface PictureEdge {
  readonly from: string;
  readonly to: string;
  /** `next`: forward; `failure`: where a step that failed leads; `back`: from one compensation to the one before. */
  readonly kind: 'next' | 'failure' | 'back';
}

export interface SagaPicture {
  readonly nodes: readonly PictureNode[];
  readonly edges: readonly PictureEdge[];
  readonly columns: number;
  readonly rows: number;
  /** The picture in words. */
  readonly text: string;
}

interface State {
  readonly Type?: string;
  readonly Comment?: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Catch?: readonly { readonly Next: string }[];
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Branches?: readonly Machine[];
}

interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** The fields of a history event that matter here; Step Functions' own names. */
interface HistoryEvent {
  readonly id?: number;
  readonly previousEventId?: number;
  readonly type?: string;
  readonly stateEnteredEventDetails?: { readonly name?: string };
  readonly stateExitedEventDetails?: { readonly name?: string };
}

const COMPENSATES = /^compensates (.+)$/;
const isGate = (state: State | undefined) => state?.Comment?.startsWith('waits for a redrive') ?? false;

/** @throws TypeError when `definition` is no state machine */
export function sagaPicture(definition: unknown, history: readonly unknown[]): SagaPicture {
  const machine = definition as Machine;
  if (typeof machine?.StartAt !== 'string' || !machine.States) throw new TypeError('not a state machine');
  const states = allStates(machine);
  const progress = readHistory(states, history as readonly HistoryEvent[]);
  const placed = new Map<string, { column: number; row: number }>();
  const { bottom } = place(machine, machine.StartAt, 0, 0, placed);

  const nodes = [...placed].flatMap(([name, position]): PictureNode[] => {
    const kind = name === 'committed' || name === 'compensated' ? 'end' : 'action';
    const undo = compensationOf(states, name);
    const own = node(name, kind, position, progress, states);
    if (!undo) return [own];
    const other = node(
      undo,
      'compensation',
      { column: position.column + 1, row: position.row },
      progress,
      states,
      name,
    );
    return [other.state === 'done' ? { ...own, state: 'compensated' } : own, other];
  });
  const last = [...states].find(([, { Type, Next }]) => Type === 'Task' && Next === 'compensated')?.[0];
  const after = last && !placed.has(last) && !nodes.some(({ name }) => name === last) ? [last] : [];
  for (const [offset, name] of [...after, 'compensated'].entries()) {
    if (!states.has(name)) continue;
    const row = bottom + offset;
    nodes.push(node(name, name === 'compensated' ? 'end' : 'compensation', { column: 1, row }, progress, states));
  }
  return {
    nodes,
    edges: edgesBetween(states, new Set(nodes.map(({ name }) => name))),
    columns: Math.max(...nodes.map((one) => one.column)) + 1,
    rows: Math.max(...nodes.map((one) => one.row)) + 1,
    text: inWords(nodes),
  };
}

/** Every state, those of branches too; a branch's last state leads where its group leads. */
function allStates(machine: Machine, into = new Map<string, State>(), after?: string): Map<string, State> {
  for (const [name, state] of Object.entries(machine.States)) {
    into.set(name, state.Type === 'Pass' && !state.Next && after ? { ...state, Next: after } : state);
    for (const branch of state.Branches ?? []) allStates(branch, into, state.Next);
  }
  return into;
}

const compensationOf = (states: ReadonlyMap<string, State>, action: string): string | undefined =>
  [...states].find(([, { Comment }]) => COMPENSATES.exec(Comment ?? '')?.[1] === action)?.[0];

/** Places what lies on the way forward: steps below each other, branches beside each other, every step with room for its compensation. */
function place(
  machine: Machine,
  from: string | undefined,
  column: number,
  row: number,
  placed: Map<string, { column: number; row: number }>,
): { width: number; bottom: number } {
  let width = 2;
  let bottom = row;
  const seen = new Set<string>();
  for (let name = from; name !== undefined && !seen.has(name); ) {
    seen.add(name);
    const state: State | undefined = machine.States[name];
    if (state?.Type === 'Parallel') {
      let beside = column;
      let lowest = bottom;
      for (const branch of state.Branches ?? []) {
        const part = place(branch, branch.StartAt, beside, bottom, placed);
        beside += part.width;
        lowest = Math.max(lowest, part.bottom);
      }
      width = Math.max(width, beside - column);
      bottom = lowest;
    } else if (state?.Type === 'Task' || name === 'committed') {
      placed.set(name, { column, row: bottom });
      bottom += 1;
    }
    name = state?.Type === 'Choice' ? state.Default : state?.Next;
  }
  return { width, bottom };
}

function node(
  name: string,
  kind: PictureNode['kind'],
  position: { column: number; row: number },
  progress: ReadonlyMap<string, NodeState>,
  states: ReadonlyMap<string, State>,
  compensates?: string,
): PictureNode {
  const gate = [...states].find(([, state]) => isGate(state) && state.Choices?.[0]?.Next === name)?.[0];
  const parked = gate !== undefined && progress.get(gate) === 'failed';
  return {
    name,
    kind,
    state: progress.get(name) ?? 'pending',
    parked,
    ...position,
    ...(compensates && { compensates }),
  };
}

/**
 * What became of each state. An event belongs to the state whose line of control it lies on: by `previousEventId`, as AWS gives it, or to the
 * state entered last, where a history (the local emulator's) has none.
 */
function readHistory(states: ReadonlyMap<string, State>, events: readonly HistoryEvent[]): Map<string, NodeState> {
  const progress = new Map<string, NodeState>();
  const attemptFailed = new Map<string, boolean>();
  const ownerOf = new Map<number, string>();
  let enteredLast: string | undefined;
  const leave = (name: string) => progress.set(name, attemptFailed.get(name) ? 'failed' : 'done');
  for (const { id = 0, previousEventId, type = '', ...event } of events) {
    const before = previousEventId ? ownerOf.get(previousEventId) : enteredLast;
    const entered = event.stateEnteredEventDetails?.name;
    const exited = event.stateExitedEventDetails?.name;
    const owner = entered ?? exited ?? before;
    if (owner) ownerOf.set(id, owner);
    if (entered) {
      // A step that was left by a catcher: not every history says that it was left.
      if (before && progress.get(before) === 'running' && states.get(before)?.Type !== 'Parallel') leave(before);
      progress.set(entered, 'running');
      attemptFailed.delete(entered);
      enteredLast = entered;
    } else if (exited) {
      leave(exited);
    } else if (owner && /^(Task|LambdaFunction|Activity).*(Failed|TimedOut)$/.test(type)) {
      attemptFailed.set(owner, true);
    } else if (owner && /^(Task|LambdaFunction|Activity).*Succeeded$/.test(type)) {
      attemptFailed.delete(owner);
    } else if (/^Execution(Failed|Aborted|TimedOut)$/.test(type)) {
      for (const [name, state] of progress) if (state === 'running') progress.set(name, 'failed');
    } else if (type === 'ExecutionSucceeded') {
      for (const [name, state] of progress) if (state === 'running') progress.set(name, 'done');
    }
  }
  return progress;
}

/** Edges between drawn nodes; what lies between them (parking, merging, choosing) is passed through. */
function edgesBetween(states: ReadonlyMap<string, State>, drawn: ReadonlySet<string>): PictureEdge[] {
  const found = new Map<string, PictureEdge>();
  const isBack = (name: string) =>
    name === 'compensated' ||
    states.get(name)?.Next === 'compensated' ||
    COMPENSATES.test(states.get(name)?.Comment ?? '');
  const targets = (name: string | undefined, seen = new Set<string>()): string[] => {
    if (name === undefined || seen.has(name)) return [];
    if (drawn.has(name)) return [name];
    seen.add(name);
    const state = states.get(name);
    if (!state || isGate(state)) return [];
    const starts = (state.Branches ?? []).map(({ StartAt }) => StartAt);
    const inner = starts.flatMap((start) => targets(start, seen));
    if (inner.length > 0) return inner;
    const choices = (state.Choices ?? []).map(({ Next }) => Next);
    return [state.Next, state.Default, ...choices].flatMap((next) => targets(next, seen));
  };
  for (const name of drawn) {
    const state = states.get(name);
    for (const to of targets(state?.Next)) {
      const kind = isBack(name) ? 'back' : isBack(to) ? 'failure' : 'next';
      found.set(`${name} ${to}`, { from: name, to, kind });
    }
    for (const { Next } of state?.Catch ?? []) {
      for (const to of targets(Next)) {
        if (to !== name && !found.has(`${name} ${to}`)) found.set(`${name} ${to}`, { from: name, to, kind: 'failure' });
      }
    }
  }
  return [...found.values()];
}

function inWords(nodes: readonly PictureNode[]): string {
  const said = nodes
    .filter(({ state, kind }) => state !== 'pending' || kind === 'action')
    .map(({ name, state, parked, compensates }) => {
      const what = compensates ? `${name} (takes back ${compensates})` : name;
      return `${what}: ${parked ? 'parked, waits for a person' : state}`;
    });
  return `${said.join('; ')}.`;
}
