/**
 * What came of asking. `silent`: nobody answered, as nobody does in a region that is lost. `unknown`: we were refused, throttled, or failed ourselves, which says nothing
 * about whom we asked, and is never evidence for anything.
 */
export type Asked<Answer> = { readonly answer: Answer } | 'silent' | 'unknown';

/** One broker as it is, compared with what is wanted. */
export interface BrokerView {
  readonly name: string;
  /** Amazon MQ's state; `UNREACHABLE` when its region's API was silent, `UNKNOWN` when it told us nothing. */
  readonly state: string;
  /** For each instance: does it answer a client? The active one does, the standby and a dead one don't. */
  readonly answers: Asked<readonly boolean[]>;
  /** What waits for a restart, for example `configuration revision 7`. */
  readonly pending: readonly string[];
  /** Only with cross-region data replication. */
  readonly replication?: {
    readonly role: 'PRIMARY' | 'REPLICA';
    /** Name of the other. */
    readonly counterpart: string;
    /** A promotion or another change of the replication is under way. */
    readonly changing: boolean;
  };
  /** Milliseconds since 1970 from which on it has been gone without a break; undefined while it is there. */
  readonly goneSince?: number;
}

/** What a person allowed, once, for a while. */
export interface Approval {
  readonly id: string;
  readonly action: 'reboot' | 'switchover' | 'failover';
  readonly broker: string;
  readonly approvedBy: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export interface Policy {
  /** `automatic`: restarts what waits for one, as soon as it is safe. `approved`: a person says so for each. */
  readonly reboot: 'automatic' | 'approved';
  readonly failover: 'automatic' | 'approved';
  /** Milliseconds that a primary must be gone before its replica may take over. */
  readonly failoverAfterMs: number;
}

export interface Situation {
  readonly now: number;
  readonly brokers: readonly BrokerView[];
  readonly approvals: readonly Approval[];
  readonly policy: Policy;
  /** The last thing that was begun, until it shows in the brokers. */
  readonly begun?: { readonly broker: string; readonly startedAt: number };
}

export type Action =
  | { readonly kind: 'none'; readonly reason: string }
  /** Would be right; waits for a person. */
  | { readonly kind: 'ask'; readonly action: Approval['action']; readonly broker: string; readonly reason: string }
  | { readonly kind: 'reboot'; readonly broker: string; readonly reason: string; readonly approval?: Approval }
  | {
      readonly kind: 'promote';
      /** The replica. */
      readonly broker: string;
      readonly mode: 'SWITCHOVER' | 'FAILOVER';
      readonly reason: string;
      readonly approval?: Approval;
    };

/** How long something begun may take to show before it is taken for done: Amazon MQ restarts one instance after the other. */
export const SETTLING_MS = 5 * 60_000;

/** How many instances answer; undefined when nobody could ask them. */
const answering = ({ answers }: BrokerView): number | undefined =>
  typeof answers === 'object' ? answers.answer.filter(Boolean).length : undefined;

/** One instance answers and Amazon MQ has nothing in hand. A replica answers nobody, so its state has to do: `REPLICA`, or `RUNNING` while it comes up. */
export function isHealthy(broker: BrokerView): boolean {
  const { state, replication } = broker;
  if (replication?.changing) return false;
  if (replication?.role === 'REPLICA') return state === 'REPLICA' || state === 'RUNNING';
  return state === 'RUNNING' && answering(broker) === 1;
}

/**
 * No instance answers, and no restart explains it: somebody inside knocked in vain, or there is nobody inside to knock and Amazon MQ's own API is silent too. What we
 * could not ask about is not gone.
 */
export function isGone(broker: BrokerView): boolean {
  const { state, answers, replication } = broker;
  if (replication?.role === 'REPLICA' || state === 'REBOOT_IN_PROGRESS' || state === 'UNKNOWN') return false;
  return answers === 'silent' ? state === 'UNREACHABLE' : answering(broker) === 0;
}

/**
 * What to do now; at most one thing, to one broker, and nothing while anything else is not as it should be. Deciding twice in the same situation
 * gives the same, and doing it twice is caught by `begun`.
 */
export function decide(situation: Situation): Action {
  const { brokers, now, begun } = situation;
  const split = brokers.find((broker) => (answering(broker) ?? 0) > 1);
  if (split) {
    return none(`${split.name}: both instances answer; that must not be, and only a person may touch it`);
  }
  if (begun && now - begun.startedAt < SETTLING_MS) {
    return none(
      `${begun.broker} was worked on ${Math.round((now - begun.startedAt) / 1000)} s ago; it may take ${SETTLING_MS / 1000} s`,
    );
  }
  return promotion(situation) ?? reboot(situation) ?? none('everything is as wanted');
}

const none = (reason: string): Action => ({ kind: 'none', reason });

function approvalFor({ approvals, now }: Situation, action: Approval['action'], broker: string): Approval | undefined {
  return approvals.find((one) => one.action === action && one.broker === broker && one.expiresAt > now);
}

function promotion(situation: Situation): Action | undefined {
  const { brokers, policy, now } = situation;
  for (const replica of brokers) {
    if (replica.replication?.role !== 'REPLICA' || !isHealthy(replica)) continue;
    const primary = brokers.find(({ name }) => name === replica.replication?.counterpart);
    // Two replicas of each other are a promotion half-way; nothing can be said of that but to wait.
    if (!primary || primary.replication?.role === 'REPLICA') continue;
    const { name: broker } = replica;
    if (isHealthy(primary)) {
      const approval = approvalFor(situation, 'switchover', broker);
      if (approval) {
        const reason = `both live; ${approval.approvedBy} approved a switchover from ${primary.name}`;
        return { kind: 'promote', broker, mode: 'SWITCHOVER', reason, approval };
      }
    } else if (isGone(primary) && primary.goneSince !== undefined) {
      const goneMs = now - primary.goneSince;
      if (goneMs < policy.failoverAfterMs) {
        return none(
          `${primary.name} has been gone for ${Math.round(goneMs / 1000)} s, of ${policy.failoverAfterMs / 1000} s until a failover`,
        );
      }
      const reason = `${primary.name} has been gone for ${Math.round(goneMs / 1000)} s; what it had not replicated yet stays there`;
      const approval = approvalFor(situation, 'failover', broker);
      // Without a person it takes two witnesses: nobody answers inside, and Amazon MQ doesn't call it running either. An operator that is cut off from the primary's
      // region sees no less, which is why a person is the default.
      if (approval || (policy.failover === 'automatic' && primary.state !== 'RUNNING'))
        return { kind: 'promote', broker, mode: 'FAILOVER', reason, approval };
      return { kind: 'ask', action: 'failover', broker, reason };
    }
  }
  return undefined;
}

function reboot(situation: Situation): Action | undefined {
  const { brokers, policy } = situation;
  const waiting = brokers.filter(({ pending }) => pending.length > 0).sort((a, b) => (a.name < b.name ? -1 : 1));
  // What a person allowed comes before what merely waits for one, or the first in the alphabet would block the rest.
  const candidate = waiting.find(({ name }) => approvalFor(situation, 'reboot', name)) ?? waiting[0];
  if (!candidate) return undefined;
  const { name: broker } = candidate;
  const ill = brokers.find((other) => !isHealthy(other));
  const waits = `${candidate.pending.join(', ')} wait${candidate.pending.length === 1 ? 's' : ''} for a restart of ${broker}`;
  if (ill)
    return none(
      `${waits}, but ${ill.name} is not healthy (${ill.state}); one broker at a time, and only while its peers are`,
    );
  const approval = approvalFor(situation, 'reboot', broker);
  if (approval || policy.reboot === 'automatic') return { kind: 'reboot', broker, reason: waits, approval };
  return { kind: 'ask', action: 'reboot', broker, reason: waits };
}
