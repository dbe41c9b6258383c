import fc from 'fast-check';
import {
  type Approval,
  type BrokerView,
  decide,
  isGone,
  isHealthy,
  SETTLING_MS,
  type Situation,
} from '../../../../functions/operations/broker-operations/decide';

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;

const answered = (...answer: boolean[]) => ({ answer });
const running = (name: string, more: Partial<BrokerView> = {}): BrokerView => ({
  name,
  state: 'RUNNING',
  answers: answered(true, false),
  pending: [],
  ...more,
});
const replica = (more: Partial<BrokerView> = {}) =>
  running('replica', {
    answers: answered(false, false),
    replication: { role: 'REPLICA', counterpart: 'primary', changing: false },
    ...more,
  });
const primary = (more: Partial<BrokerView> = {}) =>
  running('primary', { replication: { role: 'PRIMARY', counterpart: 'replica', changing: false }, ...more });
const allowed = (action: Approval['action'], broker: string, expiresAt = NOW + MINUTE): Approval => ({
  ...{ id: `${action}-${broker}`, action, broker, approvedBy: 'Ada', expiresAt },
});
const situation = (brokers: BrokerView[], more: Partial<Situation> = {}): Situation => ({
  now: NOW,
  brokers,
  approvals: [],
  policy: { reboot: 'approved', failover: 'approved', failoverAfterMs: 5 * MINUTE },
  ...more,
});

describe('restarts', () => {
  const waiting = running('b', { pending: ['configuration revision 7'] });

  test('what waits for a restart asks a person, says why, and is restarted once they agree', () => {
    expect(decide(situation([running('a'), waiting]))).toEqual({
      kind: 'ask',
      action: 'reboot',
      broker: 'b',
      reason: 'configuration revision 7 waits for a restart of b',
    });
    expect(decide(situation([running('a'), waiting], { approvals: [allowed('reboot', 'b')] }))).toMatchObject({
      kind: 'reboot',
      broker: 'b',
      approval: { approvedBy: 'Ada' },
    });
  });

  test('no broker is restarted while a peer is ill, whoever agreed', () => {
    const ill = running('a', { answers: answered(false, false) });
    expect(decide(situation([ill, waiting], { approvals: [allowed('reboot', 'b')] }))).toMatchObject({
      kind: 'none',
      reason: expect.stringContaining('a is not healthy'),
    });
  });

  test('an approval for the second broker is not held up by the first, which has none', () => {
    const both = [running('a', { pending: ['logs'] }), waiting];
    expect(decide(situation(both, { approvals: [allowed('reboot', 'b')] }))).toMatchObject({
      kind: 'reboot',
      broker: 'b',
    });
  });

  test('an approval that has expired, or is for another broker, is none', () => {
    const approvals = [allowed('reboot', 'b', NOW), allowed('reboot', 'a'), allowed('failover', 'b')];
    expect(decide(situation([running('a'), waiting], { approvals }))).toMatchObject({ kind: 'ask' });
  });
});

describe('promotion', () => {
  test('both live: a switchover, and only by approval', () => {
    expect(decide(situation([primary(), replica()]))).toMatchObject({ kind: 'none' });
    expect(decide(situation([primary(), replica()], { approvals: [allowed('switchover', 'replica')] }))).toMatchObject({
      kind: 'promote',
      broker: 'replica',
      mode: 'SWITCHOVER',
    });
  });

  test('a replica in the state that Amazon MQ has for one is healthy: it can take over, and its primary can be restarted', () => {
    const settled = replica({ state: 'REPLICA' });
    expect(decide(situation([primary(), settled], { approvals: [allowed('switchover', 'replica')] }))).toMatchObject({
      kind: 'promote',
      mode: 'SWITCHOVER',
    });
    const waiting = primary({ pending: ['data replication CRDR'] });
    expect(decide(situation([waiting, settled], { approvals: [allowed('reboot', 'primary')] }))).toMatchObject({
      kind: 'reboot',
      broker: 'primary',
    });
  });

  test('a lost region is silent altogether: two witnesses, and the replica takes over by policy', () => {
    const policy = { reboot: 'approved', failover: 'automatic', failoverAfterMs: 5 * MINUTE } as const;
    const lost = primary({ state: 'UNREACHABLE', answers: 'silent', goneSince: NOW - 6 * MINUTE });
    expect(decide(situation([lost, replica()], { policy }))).toMatchObject({ kind: 'promote', mode: 'FAILOVER' });
  });

  const gone = (state: string, forMs: number) =>
    primary({ state, answers: answered(false, false), goneSince: NOW - forMs });

  test('the primary is gone: a failover after the wait, and what it costs is said', () => {
    expect(decide(situation([gone('UNREACHABLE', MINUTE), replica()]))).toMatchObject({ kind: 'none' });
    expect(decide(situation([gone('UNREACHABLE', 6 * MINUTE), replica()]))).toMatchObject({
      kind: 'ask',
      action: 'failover',
      reason: expect.stringContaining('not replicated'),
    });
    const approvals = [allowed('failover', 'replica')];
    expect(decide(situation([gone('UNREACHABLE', 6 * MINUTE), replica()], { approvals }))).toMatchObject({
      kind: 'promote',
      mode: 'FAILOVER',
    });
  });

  test('by policy, only with two witnesses: a broker that Amazon MQ calls running may just not be seen from where we look', () => {
    const policy = { reboot: 'approved', failover: 'automatic', failoverAfterMs: 5 * MINUTE } as const;
    expect(decide(situation([gone('RUNNING', 6 * MINUTE), replica()], { policy }))).toMatchObject({ kind: 'ask' });
    expect(decide(situation([gone('UNREACHABLE', 6 * MINUTE), replica()], { policy }))).toMatchObject({
      kind: 'promote',
      mode: 'FAILOVER',
    });
  });

  test('two instances that answer are left alone, whatever else is wanted', () => {
    const split = running('a', { answers: answered(true, true), pending: ['logs'] });
    expect(decide(situation([split], { approvals: [allowed('reboot', 'a')] }))).toMatchObject({
      kind: 'none',
      reason: expect.stringContaining('both instances answer'),
    });
  });
});

describe('in every situation', () => {
  const name = fc.constantFrom('a', 'b', 'c');
  const view = (own: string): fc.Arbitrary<BrokerView> =>
    fc.record(
      {
        name: fc.constant(own),
        state: fc.constantFrom(
          'RUNNING',
          'RUNNING',
          'RUNNING',
          'REBOOT_IN_PROGRESS',
          'UNREACHABLE',
          'UNKNOWN',
          'REPLICA',
          'CRITICAL_ACTION_REQUIRED',
        ),
        answers: fc.constantFrom<BrokerView['answers']>(
          ...[answered(true, false), answered(false, true), answered(false, false), answered(true, true)],
          ...(['silent', 'unknown'] as const),
        ),
        pending: fc.constantFrom([], [], ['logs']),
        replication: fc.option(
          fc.record({
            role: fc.constantFrom('PRIMARY' as const, 'REPLICA' as const),
            counterpart: name.filter((other) => other !== own),
            changing: fc.boolean(),
          }),
          { nil: undefined },
        ),
        goneSince: fc.option(fc.integer({ min: NOW - 20 * MINUTE, max: NOW }), { nil: undefined }),
      },
      { requiredKeys: ['name', 'state', 'answers', 'pending'] },
    );
  const any: fc.Arbitrary<Situation> = fc.record(
    {
      now: fc.constant(NOW),
      brokers: fc.tuple(view('a'), view('b'), view('c')).map((views) => [...views]),
      approvals: fc.array(
        fc.record({
          id: fc.uuid(),
          action: fc.constantFrom('reboot' as const, 'switchover' as const, 'failover' as const),
          broker: name,
          approvedBy: fc.constant('Ada'),
          expiresAt: fc.integer({ min: NOW - MINUTE, max: NOW + MINUTE }),
        }),
      ),
      policy: fc.record({
        reboot: fc.constantFrom('automatic' as const, 'approved' as const),
        failover: fc.constantFrom('automatic' as const, 'approved' as const),
        failoverAfterMs: fc.constantFrom(MINUTE, 5 * MINUTE),
      }),
      begun: fc.option(fc.record({ broker: name, startedAt: fc.integer({ min: NOW - 10 * MINUTE, max: NOW }) }), {
        nil: undefined,
      }),
    },
    { requiredKeys: ['now', 'brokers', 'approvals', 'policy'] },
  );

  test('a broker is restarted only while all are healthy, promoted only as a healthy replica', () => {
    fc.assert(
      fc.property(any, (given) => {
        const action = decide(given);
        const target = given.brokers.find((broker) => 'broker' in action && broker.name === action.broker);
        if (action.kind === 'reboot') return given.brokers.every(isHealthy) && (target?.pending.length ?? 0) > 0;
        if (action.kind === 'promote') {
          const other = given.brokers.find((broker) => broker.name === target?.replication?.counterpart);
          if (!target || !other || target.replication?.role !== 'REPLICA' || !isHealthy(target)) return false;
          return action.mode === 'SWITCHOVER'
            ? isHealthy(other)
            : isGone(other) && NOW - other.goneSince! >= given.policy.failoverAfterMs;
        }
        return true;
      }),
      { numRuns: 3000 },
    );
  });

  test('what we could not ask about is never evidence: no promotion by policy or by a person rests on it, and no restart', () => {
    const blind = fc
      .tuple(any, fc.constantFrom<Partial<BrokerView>>({ state: 'UNKNOWN' }, { answers: 'unknown' }), fc.nat(2))
      .map(([given, nothing, which]) => ({
        which,
        given: {
          ...given,
          brokers: given.brokers.map((broker, index) => (index === which ? { ...broker, ...nothing } : broker)),
        },
      }));
    fc.assert(
      fc.property(blind, ({ given, which }) => {
        const action = decide(given);
        const unseen = given.brokers[which] as BrokerView;
        expect(isGone(unseen)).toBe(false);
        if (unseen.replication?.role !== 'REPLICA') expect(isHealthy(unseen)).toBe(false);
        if (action.kind === 'reboot') expect(unseen.replication?.role).toBe('REPLICA');
        if (action.kind !== 'promote') return;
        const target = given.brokers.find(({ name: own }) => own === action.broker);
        expect(target?.replication?.counterpart).not.toBe(unseen.name);
      }),
      { numRuns: 3000 },
    );
  });

  test('whatever is done has a valid approval or a policy, and nothing is done while something is under way or two instances answer', () => {
    fc.assert(
      fc.property(any, (given) => {
        const action = decide(given);
        if (action.kind !== 'reboot' && action.kind !== 'promote') return true;
        const { approval } = action;
        const byPolicy =
          action.kind === 'reboot'
            ? given.policy.reboot === 'automatic'
            : action.mode === 'FAILOVER' && given.policy.failover === 'automatic';
        const approved = approval !== undefined && approval.expiresAt > NOW && approval.broker === action.broker;
        const settled = !given.begun || NOW - given.begun.startedAt >= SETTLING_MS;
        const nobodySplit = given.brokers.every(
          ({ answers }) => typeof answers === 'string' || answers.answer.filter(Boolean).length <= 1,
        );
        return (byPolicy || approved) && settled && nobodySplit;
      }),
      { numRuns: 3000 },
    );
  });

  test('deciding is repeatable, and does not depend on the order in which brokers are listed, for restarts', () => {
    fc.assert(
      fc.property(any, (given) => {
        const withoutReplicas = given.brokers.map(({ replication: _, ...rest }) => rest);
        const one = decide({ ...given, brokers: withoutReplicas });
        const other = decide({ ...given, brokers: [...withoutReplicas].reverse() });
        expect(one.kind).toBe(other.kind);
        if ('broker' in one && 'broker' in other) expect(one.broker).toBe(other.broker);
      }),
    );
  });
});
