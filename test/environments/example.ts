import { defineEnvironment } from '../../environments/settings';
import { breaker, consumer, redrive, runbooks, saga, scheduledRedrive } from '../../environments/settings/defaults';

/** What both shops share. */
const shop = {
  payment: { url: 'https://payment.example.com' },
  authorization: { kind: 'iam' as const },
  allowedOrigins: [],
};

/** An environment of the tests' own, so that any real one may go. */
export const example = defineEnvironment({
  name: 'example',
  account: '444444444444',
  regions: ['eu-central-1'],
  state: { kind: 's3', buckets: { 'eu-central-1': 'state-eu-central-1', 'eu-west-1': 'state-eu-west-1' } },
  deletionProtection: false,
  logRetentionDays: 30,
  ownKey: true,
  alarms: { kind: 'subscribers', subscribers: [{ protocol: 'email', endpoint: 'shop-platform@example.com' }] },
  runbooks,
  tags: { Project: 'spillway' },
  shops: [
    { ...shop, part: 'shop', protection: 'circuit-breaker', consumer, breaker, redrive },
    { ...shop, part: 'saga', protection: 'saga', saga, redrive: scheduledRedrive },
  ],
});

const place = (second: number, region: string, dayOfWeek: 'TUESDAY' | 'THURSDAY') => ({
  cidrBlock: `10.${second}.0.0/16`,
  zones: ['a', 'b', 'c'].map((zone) => `${region}${zone}`),
  maintenance: { dayOfWeek, timeOfDay: '03:00' },
});

export const exampleWithBrokers = defineEnvironment({
  ...example,
  regions: ['eu-central-1', 'eu-west-1'],
  brokers: {
    regions: {
      'eu-central-1': place(20, 'eu-central-1', 'TUESDAY'),
      'eu-west-1': place(21, 'eu-west-1', 'THURSDAY'),
    },
    topology: { kind: 'mesh' },
    instanceType: 'mq.m5.large',
    engineVersion: '5.18',
    queues: [{ queue: 'orders', maximumRedeliveries: 20, initialDelayMs: 2000, maximumDelayMs: 300_000, prefetch: 10 }],
    users: {
      applications: [{ username: 'orders', passwordVersion: 1 }],
      bridges: [{ username: 'network', passwordVersion: 1 }],
    },
    operations: { reboot: 'approved', everyMinutes: 5 },
  },
});
