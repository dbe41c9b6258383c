import type { DescribeBrokerResponse } from '@aws-sdk/client-mq';
import type { BrokerToOperate } from '../../../../functions/operations/broker-operations/contract';
import type { Action, Approval } from '../../../../functions/operations/broker-operations/decide';
import { FencedError, type Lease } from '../../../../functions/operations/broker-operations/ledger';
import { operate, type Surroundings } from '../../../../functions/operations/broker-operations/operate';

const broker = (name: string): BrokerToOperate => ({
  ...{ name, region: `${name}-1`, brokerId: `b-${name}` },
  wants: {
    ...{ configurationId: 'c', configurationRevision: '3', engineVersion: '5.18', instanceType: 'mq.m5.large' },
    ...{ deploymentMode: 'ACTIVE_STANDBY_MULTI_AZ', users: ['network', 'orders'] },
    logs: { general: true, audit: true },
  },
  ...{ endpoints: ['ssl://1:61617', 'ssl://2:61617'], reachFunctionArn: `arn:${name}` },
});

/** The table's rules, in memory: who holds the lease, which token, which approvals are used. */
class LedgerInMemory {
  lease?: { holder: string; token: number; ends: number };
  fence = 0;
  readonly goneSince = new Map<string, number>();
  readonly trail: { action: Action; outcome: string; token: number }[] = [];
  readonly used = new Set<string>();
  begun?: { broker: string; startedAt: number };
  approvals: Approval[] = [];

  async acquire(holder: string, now: number, ms: number): Promise<Lease | undefined> {
    if (this.lease && this.lease.ends >= now) return undefined;
    this.fence += 1;
    this.lease = { holder, token: this.fence, ends: now + ms };
    return { holder, token: this.fence };
  }
  async release({ token }: Lease) {
    if (this.lease?.token === token) this.lease = undefined;
  }
  async read() {
    const approvals = this.approvals.filter(({ id }) => !this.used.has(id));
    return { approvals, begun: this.begun, goneSince: this.goneSince };
  }
  async note(name: string, since: number | undefined) {
    if (since === undefined) this.goneSince.delete(name);
    else this.goneSince.set(name, since);
  }
  async begin(lease: Lease, action: Action & { kind: 'reboot' | 'promote' }, now: number) {
    const { approval } = action;
    if (this.fence !== lease.token || (approval && this.used.has(approval.id))) throw new FencedError('test');
    if (approval) this.used.add(approval.id);
    this.begun = { broker: action.broker, startedAt: now };
    this.trail.push({ action, outcome: 'begun', token: lease.token });
  }
  async audit(lease: Lease, action: Action, outcome: string) {
    this.trail.push({ action, outcome, token: lease.token });
  }
}

function world(described: Record<string, DescribeBrokerResponse | 'silent' | 'unknown'>) {
  const ledger = new LedgerInMemory();
  const calls: string[] = [];
  let now = 1_800_000_000_000;
  const around: Surroundings = {
    network: 'test',
    brokers: Object.keys(described).map(broker),
    policy: { reboot: 'approved', failover: 'approved', failoverAfterMs: 300_000 },
    ledger,
    describe: async ({ name }) => {
      const found = described[name] ?? 'silent';
      return typeof found === 'string' ? found : { answer: found };
    },
    reach: async ({ name }) => {
      const found = described[name] ?? 'silent';
      return typeof found === 'string' ? found : { answer: [found.BrokerState === 'RUNNING', false] };
    },
    reboot: async ({ name }) => void calls.push(`reboot ${name}`),
    promote: async ({ name }, mode) => void calls.push(`promote ${name} ${mode}`),
    now: () => now,
  };
  return { ledger, calls, around, wait: (ms: number) => (now += ms), now: () => now };
}

const healthy: DescribeBrokerResponse = {
  BrokerState: 'RUNNING',
  Configurations: { Current: { Id: 'c', Revision: 3 } },
};
const waiting: DescribeBrokerResponse = {
  ...{
    BrokerState: 'RUNNING',
    Configurations: { Current: { Id: 'c', Revision: 2 }, Pending: { Id: 'c', Revision: 3 } },
  },
  Users: [{ Username: 'orders', PendingChange: 'UPDATE' }],
};
const approve = (id: string, of: string, expiresAt: number): Approval => ({
  ...{ id, action: 'reboot', broker: of, approvedBy: 'Ada', expiresAt },
});

test('an approved restart is written down, done, written down, and uses its approval up', async () => {
  const { ledger, calls, around, now, wait } = world({ a: waiting, b: healthy });
  ledger.approvals = [approve('1', 'a', now() + 600_000)];
  const report = await operate('request-1', false, around);
  expect(report).toMatchObject({
    action: {
      kind: 'reboot',
      broker: 'a',
      reason: 'configuration revision 3, UPDATE of user orders wait for a restart of a',
    },
    outcome: 'done',
  });
  expect(calls).toEqual(['reboot a']);
  expect(ledger.trail.map(({ outcome }) => outcome)).toEqual(['begun', 'done']);
  wait(10_000);
  expect(await operate('request-2', false, around)).toMatchObject({ outcome: 'nothing', action: { kind: 'none' } });
  wait(600_000);
  expect(await operate('request-3', false, around)).toMatchObject({ outcome: 'nothing', action: { kind: 'ask' } });
  expect(calls).toEqual(['reboot a']);
});

test('two operators at once: one works, the other is told so', async () => {
  const { ledger, calls, around, now } = world({ a: waiting });
  ledger.approvals = [approve('1', 'a', now() + 600_000)];
  const reports = await Promise.all([operate('one', false, around), operate('other', false, around)]);
  expect(reports.map(({ outcome }) => outcome).sort()).toEqual(['done', 'not the operator']);
  expect(calls).toEqual(['reboot a']);
});

test('an operator that slept past its lease does nothing: somebody else has a higher token', async () => {
  const { ledger, calls, around, now, wait } = world({ a: waiting });
  ledger.approvals = [approve('1', 'a', now() + 3_600_000)];
  const slow: Surroundings = {
    ...around,
    describe: async (one) => {
      wait(130_000);
      await ledger.acquire('another', now(), 120_000);
      return around.describe(one);
    },
  };
  expect(await operate('slow', false, slow)).toMatchObject({ outcome: 'fenced' });
  expect(calls).toEqual([]);
  expect(ledger.lease?.holder).toBe('another');
});

test('a dry run decides and does nothing', async () => {
  const { ledger, calls, around, now } = world({ a: waiting });
  ledger.approvals = [approve('1', 'a', now() + 600_000)];
  expect(await operate('one', true, around)).toMatchObject({ outcome: 'dry run', action: { kind: 'reboot' } });
  expect(calls).toEqual([]);
  expect(ledger.trail).toEqual([]);
});

test('a call that Amazon MQ refuses is in the audit trail, and the lease is free again', async () => {
  const { ledger, around, now } = world({ a: waiting });
  ledger.approvals = [approve('1', 'a', now() + 600_000)];
  const refusing = { ...around, reboot: async () => Promise.reject(new Error('broker is not RUNNING')) };
  await expect(operate('one', false, refusing)).rejects.toThrow('not RUNNING');
  expect(ledger.trail.map(({ outcome }) => outcome)).toEqual(['begun', 'failed: broker is not RUNNING']);
  expect(ledger.lease).toBeUndefined();
});

test('since when a broker is gone survives from round to round, and ends when it is back', async () => {
  const described: Parameters<typeof world>[0] = { a: 'silent', b: healthy };
  const { ledger, around, wait } = world(described);
  await operate('one', false, around);
  const since = ledger.goneSince.get('a');
  wait(60_000);
  expect(await operate('two', false, around)).toMatchObject({ unhealthy: ['a'] });
  expect(ledger.goneSince.get('a')).toBe(since);
  described.a = healthy;
  await operate('three', false, around);
  expect(ledger.goneSince.has('a')).toBe(false);
});

test('permissions that are lost look like no broker at all, and a replica takes nothing over for it', async () => {
  const pair = (role: 'PRIMARY' | 'REPLICA', counterpart: string): DescribeBrokerResponse => ({
    ...healthy,
    BrokerState: role === 'REPLICA' ? 'REPLICA' : 'RUNNING',
    DataReplicationMetadata: {
      DataReplicationRole: role,
      DataReplicationCounterpart: { BrokerId: counterpart, Region: 'x' },
    },
  });
  const described: Parameters<typeof world>[0] = { p: pair('PRIMARY', 'b-r'), r: pair('REPLICA', 'b-p') };
  const { calls, around, wait } = world(described);
  const automatic = { ...around, policy: { ...around.policy, failover: 'automatic' as const } };
  const rounds = async (names: string[]) => {
    for (const name of names) {
      await operate(name, false, automatic);
      wait(400_000);
    }
  };
  described.p = 'unknown';
  await rounds(['1', '2', '3']);
  expect(calls).toEqual([]);
  expect((await operate('4', false, automatic)).unhealthy).toEqual(['p']);
  // The same silence from a region that is really lost.
  described.p = 'silent';
  await rounds(['5', '6']);
  expect(calls).toEqual(['promote r FAILOVER']);
});

test('a primary that waits for its first replication restart is restarted, once a person agrees', async () => {
  const { ledger, calls, around, now } = world({ a: { ...healthy, PendingDataReplicationMode: 'CRDR' } });
  expect((await operate('1', false, around)).action).toMatchObject({
    kind: 'ask',
    reason: 'data replication CRDR waits for a restart of a',
  });
  ledger.approvals = [approve('1', 'a', now() + 600_000)];
  await operate('2', false, around);
  expect(calls).toEqual(['reboot a']);
});

describe('what differs from Terraform', () => {
  const wanted: DescribeBrokerResponse = {
    ...healthy,
    ...{ EngineVersion: '5.18.4', HostInstanceType: 'mq.m5.large', DeploymentMode: 'ACTIVE_STANDBY_MULTI_AZ' },
    Users: [{ Username: 'orders' }, { Username: 'network' }],
    Logs: { General: true, Audit: true, GeneralLogGroup: 'g' },
  };

  test.each<[string, DescribeBrokerResponse, string[]]>([
    ['nothing', {}, []],
    [
      'a revision',
      { Configurations: { Current: { Id: 'c', Revision: 5 } } },
      ['configuration revision 5 of c, wanted 3 of c'],
    ],
    [
      'another configuration',
      { Configurations: { Current: { Id: 'mine', Revision: 3 } } },
      ['configuration revision 3 of mine, wanted 3 of c'],
    ],
    ['a version', { EngineVersion: '5.19.1' }, ['engine version 5.19.1, wanted 5.18']],
    ['a version that only begins alike', { EngineVersion: '5.180' }, ['engine version 5.180, wanted 5.18']],
    ['a type', { HostInstanceType: 'mq.m5.xlarge' }, ['instance type mq.m5.xlarge, wanted mq.m5.large']],
    [
      'a mode',
      { DeploymentMode: 'SINGLE_INSTANCE' },
      ['deployment mode SINGLE_INSTANCE, wanted ACTIVE_STANDBY_MULTI_AZ'],
    ],
    [
      'a user too many',
      { Users: [...(wanted.Users ?? []), { Username: 'somebody' }] },
      ['users network, orders, somebody, wanted network, orders'],
    ],
    ['a log', { Logs: { ...wanted.Logs, General: false, GeneralLogGroup: 'g' } }, ['general log off, wanted on']],
    [
      'what a restart will put right: nothing',
      {
        Configurations: { Current: { Id: 'old', Revision: 7 }, Pending: { Id: 'c', Revision: 3 } },
        ...{ EngineVersion: '5.17.6', PendingEngineVersion: '5.18', HostInstanceType: 'mq.m5.xlarge' },
        PendingHostInstanceType: 'mq.m5.large',
        Users: [
          { Username: 'network', PendingChange: 'CREATE' },
          { Username: 'orders' },
          { Username: 'old', PendingChange: 'DELETE' },
        ],
        Logs: { General: false, GeneralLogGroup: 'g', Audit: true, Pending: { General: true } },
      },
      [],
    ],
    [
      'a change that waits, and is not the wanted one',
      { Configurations: { Current: { Id: 'c', Revision: 3 }, Pending: { Id: 'c', Revision: 4 } } },
      ['configuration revision 4 of c, wanted 3 of c'],
    ],
  ])('%s', async (_, change, expected) => {
    const { around } = world({ a: { ...wanted, ...change } as DescribeBrokerResponse });
    expect((await operate('one', false, around)).drift).toEqual(expected.map((one) => `a: ${one}`));
  });
});
