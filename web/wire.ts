/** What the local server and its pages say to each other: plain data, sent as JSON. */
import type { Fault } from '../functions/shop/payment-simulator/simulator';

export type { Fault };

/** A lane is one deployment of the shop; all lanes share the payment system and its fault. */
export interface LaneInfo {
  readonly name: string;
  /** It has dead-letter queues and a redrive function. */
  readonly redrive: boolean;
  readonly breaker: boolean;
  /** Its orders are taken by a saga over several services instead of one function; it is shown beside the others, not among them. */
  readonly saga: boolean;
}

export interface Welcome {
  /** When the server started, in milliseconds since 1970: what a browser remembers of another run is void. */
  readonly run: number;
  readonly lanes: readonly LaneInfo[];
  /** There is a clickstream beside the shop. */
  readonly pipeline: boolean;
}

/** A message move from parked back to main, as SQS reports it. */
export interface Move {
  readonly status: 'RUNNING' | 'COMPLETED' | 'CANCELLING' | 'CANCELLED' | 'FAILED';
  readonly moved: number;
  /** Messages that waited when the move began; SQS doesn't always know. */
  readonly toMove?: number;
  /** Messages a second; absent: as fast as SQS likes. */
  readonly rate?: number;
  readonly startedAt: number;
  readonly failure?: string;
}

/** Everything that a page shows of a lane at one moment. Counts start when the server starts. */
export interface LaneSnapshot {
  /** In the main queue: visible or delayed. */
  readonly waiting: number;
  /** In the main queue: received and not finished, or put off until the next try. */
  readonly inFlight: number;
  readonly parked?: number;
  readonly repair?: number;
  /** Orders taken through this server. */
  readonly placed: number;
  /** Orders that payment has charged. */
  readonly done: number;
  readonly doubleCharges: number;
  /** Calls that reached the payment system. */
  readonly calls: number;
  /** Those under way among them, with the seconds that they have run so far. */
  readonly invocations: number;
  readonly running: number;
  readonly usedSeconds: number;
  readonly wastedSeconds: number;
  readonly move?: Move;
  /** One for each dependency; absent in a lane without a circuit breaker. */
  readonly breakers?: readonly BreakerSnapshot[];
  /** The event source mapping: messages are being received. Absent where nothing switches it. */
  readonly receiving?: boolean;
}

interface Hold {
  readonly kind: 'open' | 'closed';
  readonly who: string;
  readonly why: string;
  /** Milliseconds since 1970; from then on the hold means nothing. */
  readonly until: number;
}

export interface BreakerSnapshot {
  readonly dependency: string;
  readonly state: 'closed' | 'open' | 'half-open';
  /** Milliseconds since 1970; 0 while it never changed. */
  readonly since: number;
  /** Why it is in this state, in words. */
  readonly evidence: string;
  /** The hold in force, if any. */
  readonly hold?: Hold;
  /** Open: milliseconds since 1970; not before then is it tried again. */
  readonly retryAt?: number;
}

/** The clickstream at one moment. Counts start when the server starts, but for what its table and queues hold. */
export interface PipelineSnapshot {
  /** Records that the stream has taken through this server. */
  readonly put: number;
  /** In the FIFO queue that every click goes on to: waiting, being tried, or put off. */
  readonly waiting: number;
  readonly parked: number;
  readonly repair: number;
  /** Clicks that are written down in their visit. */
  readonly done: number;
  readonly visits: number;
  /** Every visit has its clicks in the order in which they were put. */
  readonly inOrder: boolean;
  /** The queue is being read. */
  readonly receiving: boolean;
  readonly breaker?: BreakerSnapshot;
  /** The enrichment service takes calls and answers none. */
  readonly down: boolean;
}

export interface Snapshot {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly fault: Fault;
  readonly lanes: Readonly<Record<string, LaneSnapshot>>;
  /** Absent where there is no clickstream, or nothing was read of it yet. */
  readonly pipeline?: PipelineSnapshot;
  /** Milliseconds since 1970: when every number in it was read; earlier than `at` where something couldn't be read this time. */
  readonly readAt: number;
  /** What couldn't be read this time, in words; its numbers are then the last known. */
  readonly trouble?: string;
}

/** What is new since a page asked last. */
export interface News {
  /** As in `Welcome`. */
  readonly run: number;
  /** Sent with the next question. */
  readonly cursor: string;
  /** The server's clock, in milliseconds since 1970. */
  readonly now: number;
  /** It begins with everything that is kept: what the page had before is of another run, or too old to go on from. */
  readonly anew: boolean;
  /** Oldest first. */
  readonly snapshots: readonly Snapshot[];
}

/** What a run of the redrive function said. */
export interface Release {
  readonly action: 'start' | 'cancel' | 'continue' | 'hold' | 'idle';
  /** A sentence that says why. */
  readonly reason: string;
  readonly dryRun: boolean;
  readonly parked: number;
  readonly canary?: { readonly green: boolean; readonly sent: number; readonly detail: string };
  /** What is in the way on our own side, if anything is. */
  readonly problem?: string;
}

/** A dead letter, as it lies in parked or repair. */
export interface DeadLetter {
  readonly messageId: string;
  readonly body: string;
  /** ISO 8601. */
  readonly sentAt: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What a person asks of a breaker, with who and why, so that the next shift knows. */
export type HoldRequest = {
  readonly dependency: string;
  readonly who: string;
  readonly why: string;
} & ({ readonly kind: 'release' } | { readonly kind: 'open' | 'closed' /** ISO 8601. */; readonly until: string });

/** One execution of the saga's state machine; its name is the order's id. */
export interface SagaSummary {
  readonly name: string;
  /** As Step Functions has it: RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED, PENDING_REDRIVE. */
  readonly status: string;
  readonly startedAt: number;
  readonly stoppedAt?: number;
}

/** A saga with what it takes to draw it: its definition in Amazon States Language and the events of its history. */
export interface Saga {
  readonly name: string;
  readonly status: string;
  readonly definition: unknown;
  readonly events: readonly unknown[];
}

/** How many snapshots are kept, one a second: ten minutes. */
export const KEPT_SNAPSHOTS = 600;
