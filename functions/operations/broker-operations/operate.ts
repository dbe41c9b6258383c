import type { DescribeBrokerResponse } from '@aws-sdk/client-mq';
import type { BrokerToOperate } from './contract';
import { type Action, type Asked, decide, isGone, isHealthy, type Policy } from './decide';
import { FencedError, type Lease, type Ledger } from './ledger';
import { drift, viewOf } from './view';

/** Everything outside that one round touches. */
export interface Surroundings {
  readonly network: string;
  readonly brokers: readonly BrokerToOperate[];
  readonly policy: Policy;
  readonly ledger: Pick<Ledger, 'acquire' | 'release' | 'read' | 'note' | 'begin' | 'audit'>;
  describe(broker: BrokerToOperate): Promise<Asked<DescribeBrokerResponse>>;
  /** For each endpoint, asked from inside the broker's network. */
  reach(broker: BrokerToOperate): Promise<Asked<readonly boolean[]>>;
  reboot(broker: BrokerToOperate): Promise<void>;
  promote(broker: BrokerToOperate, mode: 'SWITCHOVER' | 'FAILOVER'): Promise<void>;
  now(): number;
}

export interface OperationsReport {
  readonly action: Action;
  readonly outcome: 'done' | 'nothing' | 'dry run' | 'not the operator' | 'fenced';
  readonly drift: readonly string[];
  /** Those that are not as they should be, and those of which nobody can say. */
  readonly unhealthy: readonly string[];
}

/** Longer than a round may take, so that the lease outlives whoever holds it. */
const LEASE_MS = 120_000;

/** One round: take the lease, look, decide, write down, do, write down. */
export async function operate(holder: string, dryRun: boolean, around: Surroundings): Promise<OperationsReport> {
  const { ledger, network } = around;
  const lease = await ledger.acquire(holder, around.now(), LEASE_MS);
  if (!lease) {
    const reason = `${network}: another operator is at work`;
    return { action: { kind: 'none', reason }, outcome: 'not the operator', drift: [], unhealthy: [] };
  }
  try {
    const { action, ...found } = await look(around);
    if (action.kind === 'none' || action.kind === 'ask') return { action, outcome: 'nothing', ...found };
    if (dryRun) return { action, outcome: 'dry run', ...found };
    return { action, outcome: await carryOut(action, lease, around), ...found };
  } finally {
    await ledger.release(lease);
  }
}

async function look(around: Surroundings) {
  const { brokers, policy, ledger } = around;
  const names = new Map(brokers.map(({ brokerId, name }) => [brokerId, name]));
  const records = await ledger.read();
  const looked = await Promise.all(
    brokers.map(async (broker) => {
      const [described, answers] = await Promise.all([around.describe(broker), around.reach(broker)]);
      const view = viewOf(broker, described, answers, names);
      const before = records.goneSince.get(broker.name);
      const since = before === undefined || Number.isNaN(before) ? undefined : before;
      const goneSince = isGone(view) ? (since ?? around.now()) : undefined;
      if (goneSince !== since) await ledger.note(broker.name, goneSince);
      return {
        view: { ...view, goneSince },
        drift: typeof described === 'object' ? drift(broker, described.answer) : [],
      };
    }),
  );
  const views = looked.map(({ view }) => view);
  const { approvals, begun } = records;
  return {
    action: decide({ now: around.now(), brokers: views, approvals, policy, begun }),
    drift: looked.flatMap(({ view, drift: found }) => found.map((one) => `${view.name}: ${one}`)),
    unhealthy: views.filter((view) => !isHealthy(view)).map(({ name }) => name),
  };
}

async function carryOut(
  action: Action & { kind: 'reboot' | 'promote' },
  lease: Lease,
  around: Surroundings,
): Promise<'done' | 'fenced'> {
  const { ledger, brokers } = around;
  const broker = brokers.find(({ name }) => name === action.broker);
  if (!broker) throw new Error(`${action.broker} is none of ${brokers.map(({ name }) => name).join(', ')}`);
  try {
    await ledger.begin(lease, action, around.now());
  } catch (error) {
    if (error instanceof FencedError) return 'fenced';
    throw error;
  }
  try {
    if (action.kind === 'reboot') await around.reboot(broker);
    else await around.promote(broker, action.mode);
  } catch (error) {
    await ledger.audit(
      lease,
      action,
      `failed: ${error instanceof Error ? error.message : String(error)}`,
      around.now(),
    );
    throw error;
  }
  await ledger.audit(lease, action, 'done', around.now());
  return 'done';
}
