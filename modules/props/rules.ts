import { isKnown, type Rule } from './props';

/** What is allowed of a value, whatever the other props are. Data, so that it can be said in Terraform as well. */
export type Allowed =
  | { readonly least: number; readonly most: number }
  | { readonly pattern: RegExp }
  | { readonly values: readonly number[] };

export interface ValueRule<Props> extends Rule<Props> {
  readonly allowed: Allowed;
}

const text = (number: number) => number.toLocaleString('en-US');

export const isWhole = (value: unknown, least: number, most = Number.POSITIVE_INFINITY): boolean =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most;

/**
 * A whole number.
 *
 * @param most the largest; `Infinity` for none
 * @param unit of the value, for the message
 * @param by who sets the limit: `SQS`, `Lambda`; default: the module itself
 * @param because why the limit is there, where AWS's own documentation doesn't say it
 */
export function whole<Props>(
  prop: keyof Props & string,
  [least, most]: readonly [number, number],
  { unit, by = 'it', because }: { readonly unit?: string; readonly by?: string; readonly because?: string } = {},
): ValueRule<Props> {
  const range = `from ${text(least)}${most === Number.POSITIVE_INFINITY ? '' : ` to ${text(most)}`}`;
  return {
    prop,
    allowed: { least, most },
    holds: (props) => isWhole(props[prop], least, most),
    message: (props) =>
      `is ${props[prop]}${unit ? ` ${unit}` : ''}; ${by} takes whole numbers ${range}${because ? `: ${because}` : ''}`,
  };
}

/** A text of a form. @param takes who takes what: `SQS takes 1 to 80 letters, digits, hyphens and underscores` */
export function matching<Props>(prop: keyof Props & string, pattern: RegExp, takes: string): ValueRule<Props> {
  return {
    prop,
    allowed: { pattern },
    holds: (props) => pattern.test(String(props[prop])),
    message: (props) => `is "${props[prop]}"; ${takes}`,
  };
}

/** An address whose scheme and host are known; what is known only after `apply` stands for whatever it will be. */
export const isUrl = (value: string): boolean =>
  !isKnown(value) || (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol));

/** Source: CloudWatch Logs API, PutRetentionPolicy. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Days that logs are kept. */
export function retentionDays<Props>(prop: keyof Props & string): ValueRule<Props> {
  return {
    prop,
    allowed: { values: RETENTION_DAYS },
    holds: (props) => RETENTION_DAYS.includes(Number(props[prop])),
    message: (props) => `is ${props[prop]} days; CloudWatch Logs takes ${RETENTION_DAYS.join(', ')}`,
  };
}

export const logRetentionDays = retentionDays<{ readonly logRetentionDays?: number }>('logRetentionDays');

export const account = matching<{ readonly account: string }>(
  'account',
  /^\d{12}$/,
  'it takes the 12 digits of an AWS account',
);

export const region = matching<{ readonly region: string }>(
  'region',
  /^[a-z]{2}(-[a-z]+)+-\d$/,
  'it takes the name of an AWS region, such as "us-east-1"',
);

/** The ARN of the key itself: an alias stands in no policy. */
export const KMS_KEY_ARN = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/;

export const kmsKeyArn = matching<{ readonly kmsKeyArn?: string }>(
  'kmsKeyArn',
  KMS_KEY_ARN,
  'it takes the ARN of a KMS key (arn:aws:kms:…:key/…)',
);
