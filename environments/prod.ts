import { defineEnvironment, type ShopSettings } from './settings';
import { breaker, consumer, desk, redrive, runbooks, saga, scheduledRedrive } from './settings/defaults';

/** What both shops share: one takes orders with a consumer behind a circuit breaker, the other with a saga over several services. */
const shop = {
  payment: { url: 'https://payment.example.com' },
  authorization: { kind: 'jwt', issuer: 'https://login.example.com', audience: ['shop'] },
  allowedOrigins: ['https://shop.example.com'],
} satisfies Partial<ShopSettings>;

/** A page's certificate is in us-east-1, whatever the region of the desk. */
const deskAddress = (host: string, certificate: string) => ({
  domainName: `${host}.example.com`,
  certificateArn: `arn:aws:acm:us-east-1:333333333333:certificate/${certificate}`,
});

export default defineEnvironment({
  name: 'prod',
  account: '333333333333',
  regions: ['eu-central-1', 'eu-west-1'],
  state: {
    kind: 's3',
    buckets: {
      'eu-central-1': 'spillway-terraform-state-333333333333-eu-central-1',
      'eu-west-1': 'spillway-terraform-state-333333333333-eu-west-1',
    },
  },
  deletionProtection: true,
  logRetentionDays: 365,
  ownKey: true,
  alarms: { kind: 'subscribers', subscribers: [{ protocol: 'email', endpoint: 'on-call@example.com' }] },
  runbooks,
  tags: { Project: 'spillway', Owner: 'shop-platform' },
  shops: [
    {
      ...shop,
      part: 'shop',
      protection: 'circuit-breaker',
      consumer: { ...consumer, reservedConcurrency: 50 },
      breaker,
      redrive,
      desk: {
        ...desk,
        approvalAbove: 100,
        api: {
          issuer: 'https://login.example.com',
          audience: ['dead-letter-desk'],
          allowedOrigins: [],
        },
        page: {
          clientId: 'dead-letter-desk',
          regions: {
            'eu-central-1': deskAddress('desk', '7f0c2d4e-5a0b-4a53-9d6e-0f2f4c1b7a11'),
            'eu-west-1': deskAddress('desk-west', '2b9e6c1a-83d7-4f60-a1c4-5e8d9b0f3c22'),
          },
        },
      },
    },
    { ...shop, part: 'saga', protection: 'saga', saga, redrive: scheduledRedrive },
  ],
  brokers: {
    regions: {
      'eu-central-1': {
        cidrBlock: '10.20.0.0/16',
        zones: ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'],
        maintenance: { dayOfWeek: 'TUESDAY', timeOfDay: '03:00' },
      },
      'eu-west-1': {
        cidrBlock: '10.21.0.0/16',
        zones: ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'],
        maintenance: { dayOfWeek: 'THURSDAY', timeOfDay: '03:00' },
      },
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
