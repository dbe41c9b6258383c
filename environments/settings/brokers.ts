import * as z from 'zod/mini';
import { whole } from './whole';

const days = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const;

const region = z.strictObject({
  /** IPv4 block of the region's network: /16 to /20, different in every region. */
  cidrBlock: z.string(),
  zones: z.array(z.string()).check(z.minLength(2), z.maxLength(3)),
  /** A day of its own for every region: two brokers that restart at once are an outage. */
  maintenance: z.strictObject({
    dayOfWeek: z.enum(days),
    timeOfDay: z.string().check(z.regex(/^([01]\d|2[0-3]):[0-5]\d$/)),
  }),
});

const queue = z.strictObject({
  queue: z.string().check(z.minLength(1)),
  maximumRedeliveries: whole(0, 100),
  initialDelayMs: whole(1000, 3_600_000),
  maximumDelayMs: whole(1000, 86_400_000),
  prefetch: whole(1, 1000),
});

/**
 * Users of one kind, in every region: the first is the one that is used. There is a second only while passwords are changed, because Amazon MQ takes a new password at a restart
 * and clients reconnect at any time: docs/runbooks/broker-passwords.md.
 */
const users = z
  .array(
    z.strictObject({
      /** The Terraform variable `broker_<username>_password` holds its password. */
      username: z.string().check(z.regex(/^[a-z][a-z0-9_]{1,30}$/, 'takes 2 to 31 lower-case letters, digits and _')),
      /** Raised together with the password, so that Secrets Manager gets the new one. */
      passwordVersion: whole(1, 1_000_000),
    }),
  )
  .check(z.minLength(1), z.maxLength(2));

/** The brokers of one environment: a pair in each region; those of two regions or more are a network. */
export const brokers = z
  .strictObject({
    regions: z.record(z.string(), region),
    topology: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('mesh') }),
      z.strictObject({ kind: z.literal('hub'), hub: z.string() }),
    ]),
    instanceType: z.string().check(z.regex(/^mq\./)),
    engineVersion: z.string().check(z.regex(/^\d+\.\d+$/)),
    queues: z.array(queue).check(z.minLength(1)),
    users: z.strictObject({ applications: users, bridges: users }),
    operations: z.strictObject({
      reboot: z.enum(['automatic', 'approved']),
      everyMinutes: whole(1, 60),
    }),
  })
  .check(
    z.refine(({ regions }) => Object.keys(regions).length >= 1, {
      path: ['regions'],
      error: 'takes one region or more',
    }),
    z.refine(
      ({ regions }) => {
        const taken = Object.values(regions).map(({ maintenance }) => maintenance.dayOfWeek);
        return new Set(taken).size === taken.length;
      },
      { path: ['regions'], error: 'has two regions with the same maintenance day' },
    ),
    z.refine(
      ({ users: { applications, bridges } }) => {
        const names = [...applications, ...bridges].map(({ username }) => username);
        return new Set(names).size === names.length;
      },
      { path: ['users'], error: 'has one username twice' },
    ),
    z.refine(({ regions, topology }) => topology.kind === 'mesh' || topology.hub in regions, {
      path: ['topology', 'hub'],
      error: 'is none of the regions',
    }),
  );

export type BrokersSettings = z.infer<typeof brokers>;
