import type { AlarmActions } from '../defaults';
import type { Queue } from '../encrypted-queue';
import type { LambdaFunction } from '../lambda-function';
import { isKnown, isUrl, kmsKeyArn, logRetentionDays, matching, type Rule, whole } from '../props';
import type { ExistingQueue } from '../tiered-queue';

/** Who may call the API. There is no default: an API that is open by oversight does not synthesize. */
export type Authorization =
  /** Signed requests (SigV4) by principals that may `execute-api:Invoke`. */
  | { readonly kind: 'iam' }
  /** Tokens of an OpenID Connect issuer. */
  | { readonly kind: 'jwt'; readonly issuer: string; readonly audience: string[] }
  /** Anybody who reaches it; the reason is kept for the scanner's report. */
  | { readonly kind: 'none'; readonly reason: string };

/** The part of a queue that taking messages needs; a `TieredQueue` or an `ExistingQueue` is one. */
export interface IntakeQueue extends Pick<ExistingQueue, 'fifo' | 'grantSend'> {
  /** Where messages are sent. */
  readonly main: Queue;
}

export interface HttpIntakeProps {
  /** Name of the API, of its role (`<name>-intake`) and in its log group's: 1 to 57 letters, digits, hyphens, underscores. */
  readonly apiName: string;
  /** Where messages go. */
  readonly queue: IntakeQueue;
  /** What is posted, as the path has it: `invoices` makes `POST /invoices`. 1 to 64 letters, digits, hyphens, underscores. */
  readonly path: string;
  /** Where the business id is in the body, at its top. A FIFO queue groups and deduplicates by it. Default `id`. */
  readonly idField?: string;
  /** Answers `GET /<path>` and `GET /<path>/{id}`. Default: nothing can be read. */
  readonly history?: LambdaFunction;
  /** Who may call it: no default, on purpose. */
  readonly authorization: Authorization;
  /** Requests a second over time: 1 to 10,000. Default 100. */
  readonly throttleRate?: number;
  /** Requests at once above the rate: 1 to 5,000. Default 200. */
  readonly throttleBurst?: number;
  /** Origins of the pages that may call, for example `https://shop.example.com`. Default none. */
  readonly allowedOrigins?: string[];
  /** Days that access logs are kept: a value that CloudWatch Logs takes. Default 365. */
  readonly logRetentionDays?: number;
  /** KMS key for the access logs. Default: a key that CloudWatch owns. */
  readonly kmsKeyArn?: string;
  /** SNS topics (or any alarm action) that hear when something is refused. Default: alarms without an action. */
  readonly alarmActions?: AlarmActions;
}

export const rules: readonly Rule<HttpIntakeProps>[] = [
  // `<name>-intake` is a role's name, of at most 64 characters. Source: IAM quotas, "Role name".
  matching('apiName', /^[\w-]{1,57}$/, 'it takes 1 to 57 letters, digits, hyphens and underscores'),
  matching('path', /^[\w-]{1,64}$/, 'it takes 1 to 64 letters, digits, hyphens and underscores'),
  matching('idField', /^[\w-]{1,64}$/, 'it takes the name of a field at the top of the body'),
  whole('throttleRate', [1, 10_000], { unit: 'requests a second' }),
  whole('throttleBurst', [1, 5000]),
  {
    prop: 'allowedOrigins',
    holds: ({ allowedOrigins = [] }) => allowedOrigins.every((origin) => /^https?:\/\/[^/*]+$/.test(origin)),
    message: ({ allowedOrigins = [] }) =>
      `has ${allowedOrigins.map((origin) => `"${origin}"`).join(', ')}; an origin is scheme and host, such as "https://shop.example.com", without a path or a wildcard`,
  },
  {
    prop: 'authorization',
    holds: ({ authorization }) => authorization.kind !== 'none' || authorization.reason.trim().length > 0,
    message: () => 'is none without a reason; say why this API may be open',
  },
  {
    prop: 'authorization',
    holds: ({ authorization }) =>
      authorization.kind !== 'jwt' ||
      !isKnown(authorization.issuer) ||
      (isUrl(authorization.issuer) && authorization.issuer.startsWith('https://')),
    message: ({ authorization }) =>
      `has the issuer "${authorization.kind === 'jwt' && authorization.issuer}"; API Gateway takes the https URL of an OpenID Connect issuer`,
  },
  {
    prop: 'authorization',
    holds: ({ authorization }) =>
      authorization.kind !== 'jwt' || (authorization.audience.length > 0 && authorization.audience.every(Boolean)),
    message: () => 'has an empty audience; name who the tokens are for, or every token of the issuer would do',
  },
  logRetentionDays,
  kmsKeyArn,
];
