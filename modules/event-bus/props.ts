import type { AlarmActions } from '../defaults';
import { account, isWhole, kmsKeyArn, matching, type Rule, region, whole } from '../props';
import { type EventPattern, patternProblem } from './pattern';

export interface EventBusProps {
  /** 1 to 48 letters, digits, dots, hyphens, underscores; EventBridge takes 256, an archive's name 48. Source: EventBridge API, CreateEventBus, CreateArchive. */
  readonly busName: string;
  /** The account that it is deployed to, 12 digits; for ARNs. */
  readonly account: string;
  /** The region that it is deployed to; for ARNs. */
  readonly region: string;
  /** KMS key for events, archive and dead letters; an `EncryptionKey` with `deliveries`. Default: keys that AWS owns. */
  readonly kmsKeyArn?: string;
  /**
   * What is kept for a replay: `retentionDays`, 1 or more, or 0 for ever; `pattern` for a part of the events; `false` for nothing. Default: all events, for 14 days.
   * Source: EventBridge API, CreateArchive.
   */
  readonly archive?: { readonly retentionDays?: number; readonly pattern?: EventPattern } | false;
  /** SNS topics (or any alarm action) for what could not be delivered. Default: alarms without an action. */
  readonly alarmActions?: AlarmActions;
}

export const rules: readonly Rule<EventBusProps>[] = [
  {
    prop: 'busName',
    holds: ({ busName }) => /^[.\w-]{1,48}$/.test(busName) && busName !== 'default',
    message: ({ busName }) =>
      `is "${busName}"; it takes 1 to 48 letters, digits, dots, hyphens and underscores, and "default" is AWS's own`,
  },
  account,
  region,
  kmsKeyArn,
  {
    prop: 'archive',
    holds: ({ archive }) => archive === false || isWhole(archive?.retentionDays ?? 14, 0),
    message: ({ archive }) =>
      `has a retentionDays of ${archive ? archive.retentionDays : 14}; EventBridge takes whole numbers from 0, which is for ever`,
  },
  {
    prop: 'archive',
    holds: ({ archive }) => archive === false || patternProblem(archive?.pattern) === undefined,
    message: ({ archive }) => `has a pattern that ${archive && patternProblem(archive.pattern)}`,
  },
];

export interface EventRuleProps {
  /** Which events. */
  readonly pattern: EventPattern;
  /** 1 to 64 letters, digits, dots, hyphens, underscores. Default: `<bus>-<id>`. Source: EventBridge API, PutRule. */
  readonly ruleName?: string;
  /** What it is for, at most 512 characters. Default: none. */
  readonly description?: string;
  /** Replayed events don't count, for what must happen once. Default: they count. Source: EventBridge guide, "Archiving and replaying events", `replay-name`. */
  readonly ignoresReplays?: boolean;
  /**
   * A circuit breaker switches the rule at run time: Terraform creates it on and then leaves that alone. What a rule that is off would have delivered is delivered by nobody, so the bus
   * must have an archive to replay it from; better, let the rule deliver to a queue, and stop what reads the queue. Default false.
   */
  readonly switchedAtRunTime?: boolean;
}

export const ruleRules: readonly Rule<EventRuleProps & { readonly hasArchive: boolean }>[] = [
  matching('ruleName', /^[.\w-]{1,64}$/, 'EventBridge takes 1 to 64 letters, digits, dots, hyphens and underscores'),
  {
    prop: 'description',
    holds: ({ description = '' }) => description.length <= 512,
    message: ({ description = '' }) => `has ${description.length} characters; EventBridge takes at most 512`,
  },
  {
    prop: 'pattern',
    holds: ({ pattern }) => patternProblem(pattern) === undefined,
    message: ({ pattern }) => patternProblem(pattern) ?? '',
  },
  {
    prop: 'switchedAtRunTime',
    holds: ({ switchedAtRunTime, hasArchive }) => !switchedAtRunTime || hasArchive,
    message: () =>
      'is true, and the bus has no archive of all events; what arrives while the rule is off would be lost. Keep the archive, or stop what reads the queue behind the rule',
  },
];

/** How one target gets a rule's events. */
export interface TargetProps {
  /** Seconds that a delivery is retried: 60 to 86,400. Default 86,400. Source: EventBridge API, RetryPolicy. */
  readonly maximumEventAge?: number;
  /** Retries, with growing delays: 0 to 185. Default 185. Source: EventBridge API, RetryPolicy. */
  readonly maximumRetryAttempts?: number;
  /** The part of the event that is delivered: `$.detail`. Default: the whole event. Source: EventBridge API, Target, InputPath. */
  readonly inputPath?: string;
  /** FIFO queues only, and needed there: the message group of all events. Default: none. Source: EventBridge API, SqsParameters. */
  readonly messageGroupId?: string;
}

export const targetRules: readonly Rule<TargetProps & { readonly fifo: boolean }>[] = [
  whole('maximumEventAge', [60, 86_400], { unit: 's', by: 'EventBridge' }),
  whole('maximumRetryAttempts', [0, 185], { by: 'EventBridge' }),
  matching('inputPath', /^\$.{0,255}$/, 'it takes a path that begins with "$", at most 256 characters'),
  {
    prop: 'fifo',
    holds: ({ fifo, messageGroupId }) => fifo === (messageGroupId !== undefined),
    message: ({ fifo }) =>
      fifo
        ? 'is true, and messageGroupId is missing; a FIFO queue takes no message without one'
        : 'is false, and messageGroupId is set; leave it out',
  },
];

export interface GlobalEndpointProps {
  /** 1 to 64 letters, digits, dots, hyphens, underscores. Source: EventBridge API, CreateEndpoint. */
  readonly endpointName: string;
  /** The account of both buses, 12 digits; for ARNs. */
  readonly account: string;
  /** Name of the bus in both regions: EventBridge takes buses of one name and one account only. */
  readonly busName: string;
  /** The region of this stack, which events go to while it is well. */
  readonly primaryRegion: string;
  /** The region that they go to otherwise. */
  readonly secondaryRegion: string;
  /** Milliseconds from an event's arrival to its delivery, on average over 5 minutes, above which the other region takes over: 1,000 or more. Default 30,000. */
  readonly maximumLatency?: number;
  /** What silence means: `missing`: nothing, for a bus that is quiet at times; `breaching`: an outage, for one that never is. Default `missing`. */
  readonly silence?: 'missing' | 'breaching';
  /** SNS topics (or any alarm action). Default: an alarm without an action. */
  readonly alarmActions?: AlarmActions;
}

export const endpointRules: readonly Rule<GlobalEndpointProps>[] = [
  matching(
    'endpointName',
    /^[.\w-]{1,64}$/,
    'EventBridge takes 1 to 64 letters, digits, dots, hyphens and underscores',
  ),
  account,
  {
    prop: 'secondaryRegion',
    holds: ({ primaryRegion, secondaryRegion }) => primaryRegion !== secondaryRegion,
    message: ({ secondaryRegion }) =>
      `is ${secondaryRegion}, the primary one as well; it takes over when that is out. Name another`,
  },
  whole('maximumLatency', [1000, Number.POSITIVE_INFINITY], { unit: 'ms' }),
];
