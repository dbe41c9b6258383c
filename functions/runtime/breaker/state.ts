export const STATES = ['closed', 'open', 'half-open'] as const;
export type State = (typeof STATES)[number];

/** A person's decision that stands above the evidence until it expires. */
export interface Hold {
  /** `open`: nothing closes it. `closed`: nothing opens it. */
  readonly kind: 'open' | 'closed';
  readonly who: string;
  readonly why: string;
  /** Milliseconds since 1970; from then on the hold means nothing, whoever forgot it. */
  readonly until: number;
}

/** Everything that is known about one dependency's breaker. Times are in milliseconds since 1970. */
export interface BreakerRecord {
  readonly dependency: string;
  readonly state: State;
  /** Counts the writes: each is made on condition that it follows the version that it was decided from. */
  readonly version: number;
  /** Counts the changes of state: what calls came to is evidence only in the term that they were made in. */
  readonly term: number;
  /** Counts the outages: each has one recovery. */
  readonly epoch: number;
  /** When this state began. */
  readonly since: number;
  /** Waits of this outage so far, the running one among them. */
  readonly attempt: number;
  /** Open: not before this moment does it turn half-open. */
  readonly retryAt: number;
  /** Why it is in this state, in words. */
  readonly evidence: string;
  readonly hold?: Hold;
  /** Executions of this outage's recovery so far, less one: a long one hands over to its next run. */
  readonly run: number;
  /** Closed, and parked messages are still being released. */
  readonly releasing: boolean;
  /** Sweeps in a row, with no hour in between that left parked empty. */
  readonly sweeps: number;
  /** When parked was last found empty after a release. */
  readonly releasedAt: number;
}

/** A dependency of which nothing is written: all is well, and always has been. */
export function initial(dependency: string): BreakerRecord {
  return {
    dependency,
    state: 'closed',
    version: 0,
    term: 0,
    epoch: 0,
    since: 0,
    attempt: 0,
    retryAt: 0,
    evidence: 'never tripped',
    run: 0,
    releasing: false,
    sweeps: 0,
    releasedAt: 0,
  };
}

/** The hold that counts at this moment, if any. */
export function holdInForce({ hold }: Pick<BreakerRecord, 'hold'>, now: number): Hold | undefined {
  return hold && now < hold.until ? hold : undefined;
}

/** True while a recovery has to be under way. */
export const recovering = ({ state, releasing }: Pick<BreakerRecord, 'state' | 'releasing'>): boolean =>
  state !== 'closed' || releasing;

/**
 * The name of the execution that recovers this outage. Step Functions starts one execution a name, so that however often a
 * state change is delivered, one recovery runs.
 */
export const executionName = ({
  dependency,
  epoch,
  run,
}: Pick<BreakerRecord, 'dependency' | 'epoch' | 'run'>): string => `${dependency}-${epoch}-${run}`;
