import { UsageError } from './command';

/** What an SDK client is made with. */
export interface Connection {
  readonly region?: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

const REGION = /[a-z]{2}(?:-[a-z]+)+-\d/;
const NAMING = [
  new RegExp(`^arn:[\\w-]+:[\\w-]+:(${REGION.source}):`),
  // sqs.<region>.amazonaws.com, with -fips, dual stack (api.aws), a VPC endpoint, or in China.
  new RegExp(`^https?://(?:[\\w-]+\\.)*sqs(?:-fips)?\\.(${REGION.source})\\.`),
  // The address that SQS gave out before.
  new RegExp(`^https?://(${REGION.source})\\.queue\\.amazonaws\\.com`),
];

/** The region that an ARN or a queue's URL names. */
export const regionIn = (name: string): string | undefined =>
  NAMING.map((naming) => naming.exec(name)?.[1]).find(Boolean);

/**
 * The connection to where the named resource is: prod has two regions, and the one in the URL or ARN is always the right one.
 *
 * @throws UsageError when `--region` says otherwise
 */
export function connectionTo(
  name: string | undefined,
  { region, endpoint }: { readonly region?: string; readonly endpoint?: string },
): Connection {
  const named = name && regionIn(name);
  if (named && region && named !== region) throw new UsageError(`--region is ${region}, but ${name} is in ${named}`);
  if (endpoint !== undefined && !/^https?:\/\/[^/\s]+\/?$/.test(endpoint)) {
    throw new UsageError(`--endpoint is "${endpoint}"; it takes an address such as http://127.0.0.1:4566`);
  }
  const local = endpoint !== undefined && /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])(:|\/|$)/.test(endpoint);
  return {
    region: named ?? region ?? (local ? (process.env.AWS_REGION ?? 'us-east-1') : undefined),
    endpoint,
    // The emulator takes any; a person's own are not to be sent to it.
    ...(local && { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
  };
}
