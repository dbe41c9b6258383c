import local from './local';
import { defineEnvironment } from './settings';

const { clickstream: _, shops, ...everything } = local;
const behindBreaker = shops.flatMap((shop) => (shop.protection === 'circuit-breaker' ? [shop] : []));

/** `npm start -- --brokers`: a lane whose orders come from a pair of brokers, beside those of `local`. Terraform can't deploy it: the emulator alone has no brokers. */
export default defineEnvironment({
  ...everything,
  name: 'mq',
  state: { kind: 'local', directory: '.spillway/terraform/mq' },
  shops: behindBreaker.map(({ desk: _desk, ...shop }) => ({
    ...shop,
    part: 'activemq',
    payment: { variable: 'payment_url', default: 'http://127.0.0.1:4600', path: '/activemq' },
  })),
  brokers: {
    regions: {
      'us-east-1': {
        cidrBlock: '10.30.0.0/16',
        zones: ['us-east-1a', 'us-east-1b'],
        maintenance: { dayOfWeek: 'TUESDAY', timeOfDay: '03:00' },
      },
    },
    topology: { kind: 'mesh' },
    instanceType: 'mq.m5.large',
    engineVersion: '5.18',
    queues: [{ queue: 'orders', maximumRedeliveries: 20, initialDelayMs: 1000, maximumDelayMs: 5000, prefetch: 10 }],
    users: {
      applications: [{ username: 'orders', passwordVersion: 1 }],
      bridges: [{ username: 'network', passwordVersion: 1 }],
    },
    operations: { reboot: 'approved', everyMinutes: 1 },
  },
});
