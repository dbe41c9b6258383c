const QUEUE_URLS = [
  // Of today, FIPS, and dual stack (AWS General Reference, "Amazon SQS endpoints and quotas").
  /^https?:\/\/sqs(?:-fips)?\.(?<region>[a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|api\.aws)\/(?<account>\d{12})\/(?<name>[^/]+)$/,
  // Legacy, without a region in us-east-1.
  /^https?:\/\/(?:(?<region>[a-z0-9-]+)\.)?queue\.amazonaws\.com(?:\.cn)?\/(?<account>\d{12})\/(?<name>[^/]+)$/,
];

/** A queue has several URLs, and they all mean one ARN. */
export function arnOfQueueUrl(url: string): string | undefined {
  if (!url.startsWith('http')) return undefined;
  for (const pattern of QUEUE_URLS) {
    const { region = 'us-east-1', account, name } = pattern.exec(url)?.groups ?? {};
    if (account && name) return `arn:${partitionOf(region)}:sqs:${region}:${account}:${name}`;
  }
  return undefined;
}

const partitionOf = (region: string): string =>
  region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';

/** Lambda takes `NAME`, `NAME:ALIAS`, `ACCOUNT:function:NAME` and the ARN, each with an alias or version or none. */
const FUNCTION = /^(?:(?:arn:[^:]+:lambda:[^:]*:)?(?:\d{12}:)?function:)?(?<name>[\w-]+)(?::(?<qualifier>[\w$-]+))?$/;

export function functionIn(
  text: string,
): { readonly name: string; readonly qualifier: string | undefined } | undefined {
  const { name, qualifier } = FUNCTION.exec(text)?.groups ?? {};
  return name === undefined ? undefined : { name, qualifier: qualifier === '$LATEST' ? undefined : qualifier };
}

/** What a service calls a thing whose ARN it takes as well as its name: `…:event-bus/orders` → `orders`. */
export function nameIn(text: string): string {
  if (!text.startsWith('arn:')) return text;
  const rest = text.split(':').slice(5);
  // A secret's ARN ends with six random characters (Secrets Manager user guide, "What's in a secret").
  if (rest[0] === 'secret') return (rest[1] ?? '').replace(/-\w{6}$/, '');
  return (rest[0] === 'log-group' ? (rest[1] ?? '') : rest.join(':')).replace(/^[\w-]+\//, '');
}

/** What a thing may be called in the plan, where nothing there is called `text`. */
export function otherSpellings(text: string, types: readonly string[]): readonly string[] {
  const queue = types.includes('aws_sqs_queue') ? arnOfQueueUrl(text) : undefined;
  if (queue !== undefined) return [queue];
  const bare = withoutQualifier(text);
  if (bare !== text) return [bare];
  const name = types.includes('aws_lambda_function') ? functionIn(text)?.name : undefined;
  return name === undefined || name === text ? [] : [name];
}

const QUALIFIED = /^(integrations\/|arn:[^:]*:(lambda|dynamodb|apigateway):)/;

/**
 * `…:function:orders:live` is the function orders; `…:table/orders/stream/…` is the table. An API names what is behind it by a
 * path of its own: `integrations/ID`, `arn:aws:apigateway:…:lambda:path/…/functions/ARN/invocations`, `…:sqs:path/ACCOUNT/NAME`.
 */
function withoutQualifier(text: string): string {
  if (!QUALIFIED.test(text)) return text;
  return text
    .replace(/^integrations\//, '')
    .replace(/^arn:[^:]*:apigateway:[^:]*:lambda:path\/[^/]+\/functions\/(.*)\/invocations$/, '$1')
    .replace(/^arn:[^:]*:apigateway:[^:]*:sqs:path\/[^/]+\//, '')
    .replace(/^(arn:[^:]*:lambda:[^:]*:[^:]*:function:[^:]+):.*$/, '$1')
    .replace(/^(arn:[^:]*:dynamodb:[^:]*:[^:]*:table\/[^/]+)\/.*$/, '$1');
}
