/** What goes wrong in a saga that isn't over: at which task and why, which try it was, and when the next one comes. Pure. */
export interface SagaTrouble {
  readonly task: string;
  readonly cause: string;
  /** Tries so far, this one among them. */
  readonly tries: number;
  /** Milliseconds since 1970: the next try comes by then; absent when none comes by itself. */
  readonly nextBy?: number;
}

interface Event {
  readonly id?: number;
  readonly previousEventId?: number;
  readonly type?: string;
  /** ISO 8601. */
  readonly timestamp?: string;
  readonly stateEnteredEventDetails?: { readonly name?: string };
  readonly [details: string]: unknown;
}

interface Retrier {
  readonly ErrorEquals?: readonly string[];
  readonly IntervalSeconds?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
}

/** Step Functions' own defaults. Source: Step Functions guide, "Handling errors in workflows", Retry. */
const DEFAULTS = { IntervalSeconds: 1, BackoffRate: 2, MaxDelaySeconds: Number.POSITIVE_INFINITY };

/** The task that failed last and has neither succeeded nor been left since; nothing when all is well. */
export function sagaTrouble(
  definition: unknown,
  history: readonly unknown[],
  running: boolean,
): SagaTrouble | undefined {
  const ownerOf = new Map<number, string>();
  let entered: string | undefined;
  let tries = new Map<string, number>();
  let trouble: SagaTrouble | undefined;
  for (const event of history as readonly Event[]) {
    const { id = 0, previousEventId, type = '', timestamp } = event;
    entered = event.stateEnteredEventDetails?.name ?? entered;
    const owner = event.stateEnteredEventDetails?.name ?? (previousEventId ? ownerOf.get(previousEventId) : entered);
    if (!owner) continue;
    ownerOf.set(id, owner);
    if (event.stateEnteredEventDetails) tries = new Map(tries).set(owner, 0);
    if (/^(Task|LambdaFunction)Scheduled$/.test(type)) tries.set(owner, (tries.get(owner) ?? 0) + 1);
    if (/^(Task|LambdaFunction)Succeeded$/.test(type) && trouble?.task === owner) trouble = undefined;
    if (!/^(Task|LambdaFunction)(Failed|TimedOut)$/.test(type)) continue;
    const details = Object.values(event).find(
      (value) => typeof value === 'object' && value !== null && 'error' in value,
    );
    const { error = 'unknown error', cause } = (details ?? {}) as { error?: string; cause?: string };
    const count = tries.get(owner) ?? 1;
    const wait = running ? longestWait(definition, owner, error, count) : undefined;
    const failedAt = Date.parse(timestamp ?? '');
    trouble = {
      task: owner,
      cause: cause ? `${error}: ${messageOf(cause)}` : error,
      tries: count,
      ...(wait !== undefined && !Number.isNaN(failedAt) && { nextBy: failedAt + wait * 1000 }),
    };
  }
  // A step that was given up leads elsewhere: the saga goes on without it.
  return trouble && running && trouble.task !== entered ? undefined : trouble;
}

/** Lambda's causes are JSON with the message in it. */
function messageOf(cause: string): string {
  try {
    return (JSON.parse(cause) as { errorMessage?: string }).errorMessage ?? cause;
  } catch {
    return cause;
  }
}

/** Seconds that the next try may be away at the most: with full jitter it comes at any time before. */
function longestWait(definition: unknown, task: string, error: string, tries: number): number | undefined {
  const retriers = (find(definition, task)?.Retry ?? []) as readonly Retrier[];
  const retrier = retriers.find(
    ({ ErrorEquals = [] }) => ErrorEquals.includes(error) || ErrorEquals.includes('States.ALL'),
  );
  if (!retrier) return undefined;
  const { IntervalSeconds, BackoffRate, MaxDelaySeconds } = { ...DEFAULTS, ...retrier };
  return Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** (tries - 1));
}

type State = { readonly Branches?: readonly unknown[]; readonly Retry?: unknown };

function find(machine: unknown, name: string): State | undefined {
  const states = (machine as { States?: Record<string, State> })?.States ?? {};
  if (states[name]) return states[name];
  for (const { Branches = [] } of Object.values(states)) {
    for (const branch of Branches) {
      const found = find(branch, name);
      if (found) return found;
    }
  }
  return undefined;
}
