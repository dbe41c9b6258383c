import { printable } from '../night/printable';

/** The document that flows through a saga (modules/saga/compile.ts), as far as a person needs it to decide. */
export interface SagaDocument {
  /** What it was started with, and what its tasks have answered: what the functions of its steps are called with. */
  readonly input?: unknown;
  readonly results?: Readonly<Record<string, unknown>>;
  readonly steps: Readonly<Record<string, string>>;
  readonly failure?: { readonly task: string; readonly error: string };
  readonly parked?: { readonly task: string; readonly error: string; readonly cause?: string };
}

/** An execution that hasn't ended well. */
export interface Unfinished {
  readonly executionArn: string;
  readonly name: string;
  readonly status: string;
  readonly stopDate: Date;
  /** The state that it stopped at. */
  readonly at?: string;
  readonly document?: SagaDocument;
  /** What Step Functions says about it, for one that was not parked. */
  readonly error?: string;
  readonly cause?: string;
}

const CAUSE_CHARACTERS = 200;

/** @returns nothing if the text is no saga's document */
export function readDocument(text: string | undefined): SagaDocument | undefined {
  try {
    const value = JSON.parse(text ?? '') as Partial<SagaDocument> | null;
    return value?.steps && typeof value.steps === 'object' ? (value as SagaDocument) : undefined;
  } catch {
    return undefined;
  }
}

/** The execution that a message of the parking queue is about. */
export function executionOf(body: string | undefined): string | undefined {
  try {
    const execution = (JSON.parse(body ?? '') as { execution?: unknown } | null)?.execution;
    return typeof execution === 'string' ? execution : undefined;
  } catch {
    return undefined;
  }
}

/** One unfinished saga in a few lines. */
export function say({ executionArn, name, status, stopDate, at, document, error, cause }: Unfinished): string {
  const { parked, failure, steps = {} } = document ?? {};
  const why = (what = 'no error', more = '') => `${what}${more ? ` ${more.slice(0, CAUSE_CHARACTERS)}` : ''}`;
  const marks = Object.entries(steps).map(([step, mark]) => `${step} ${mark}`);
  const stopped = stopDate.toISOString();
  return [
    parked
      ? `${name}  parked ${stopped} at ${parked.task}: ${why(parked.error, parked.cause)}`
      : `${name}  ${status} ${stopped} at ${at ?? 'an unknown state'}, without being parked: ${why(error, cause)}`,
    `  steps: ${marks.join(', ') || 'none'}${failure ? `; it turned back at ${failure.task} (${failure.error})` : ''}`,
    `  ${executionArn}`,
  ]
    .map(printable)
    .join('\n');
}

/** Days that Step Functions lets an execution be redriven, counted from its end. */
export const REDRIVABLE_DAYS = 14;

export function verdict(
  {
    status,
    stopDate,
    redriveStatus,
    redriveStatusReason,
  }: {
    readonly status?: string;
    readonly stopDate?: Date;
    readonly redriveStatus?: string;
    readonly redriveStatusReason?: string;
  },
  now = Date.now(),
): { redrive: boolean; reason: string } {
  if (status === 'SUCCEEDED') return { redrive: false, reason: 'it has ended well' };
  if (status === 'RUNNING') return { redrive: false, reason: 'it is running; somebody has resumed it' };
  if (stopDate && now - stopDate.getTime() > REDRIVABLE_DAYS * 86_400_000) {
    return { redrive: false, reason: `it ended more than ${REDRIVABLE_DAYS} days ago; docs/runbooks/saga-parked.md` };
  }
  if (redriveStatus === 'NOT_REDRIVABLE') return { redrive: false, reason: redriveStatusReason ?? 'not redrivable' };
  return { redrive: true, reason: `was ${status}` };
}
