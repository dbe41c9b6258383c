import type { LambdaFunction } from '../lambda-function';
import type { Rule } from '../props';
import type { TieredQueue } from '../tiered-queue';

/** Who may call the API. There is no default: an API that is open by oversight does not synthesize. */
export type Authorization =
  /** Signed requests (SigV4) by principals that may `execute-api:Invoke`. */
  | { readonly kind: 'iam' }
  /** Tokens of an OpenID Connect issuer. */
  | { readonly kind: 'jwt'; readonly issuer: string; readonly audience: string[] }
  /** Anybody who reaches it; the reason is kept for the scanner's report. */
  | { readonly kind: 'none'; readonly reason: string };

/** The part of a queue that taking orders needs; a `TieredQueue` is one. */
export type IntakeQueue = Pick<TieredQueue, 'main' | 'fifo' | 'grantSend'>;

export interface HttpIntakeProps {
  /** 1 to 128 characters; shown in the console. */
  readonly apiName: string;
  /** Where orders go. */
  readonly queue: IntakeQueue;
  /** Answers `GET /orders` and `GET /orders/{id}`. */
  readonly history: LambdaFunction;
  readonly authorization: Authorization;
  /** Requests a second over time: 1 to 10,000. Default 100. */
  readonly throttleRate?: number;
  /** Requests at once above the rate: 1 to 5,000. Default 200. */
  readonly throttleBurst?: number;
  /** Origins of the pages that may call, for example `https://shop.example.com`. Default none. */
  readonly allowedOrigins?: string[];
  /** Days that access logs are kept. Default 365. */
  readonly logRetentionDays?: number;
  /** KMS key for the access logs. Default: a key that CloudWatch owns. */
  readonly kmsKeyArn?: string;
}

const between = (value: number | undefined, least: number, most: number) =>
  value !== undefined && Number.isInteger(value) && value >= least && value <= most;

export const rules: readonly Rule<HttpIntakeProps>[] = [
  {
    prop: 'throttleRate',
    holds: ({ throttleRate }) => between(throttleRate, 1, 10_000),
    message: ({ throttleRate }) => `is ${throttleRate} requests a second; it must be 1 to 10,000`,
  },
  {
    prop: 'throttleBurst',
    holds: ({ throttleBurst }) => between(throttleBurst, 1, 5000),
    message: ({ throttleBurst }) => `is ${throttleBurst}; it must be 1 to 5,000`,
  },
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
];
