/** US dollars in us-east-1. Where a price comes from is said of each, because none could be read from AWS's own price list. */
export const PRICES_AS_OF = '2026-11-23';
export const PRICES_REGION = 'us-east-1';

interface Price {
  readonly dollars: number;
  readonly per: string;
  /** `infracost`: in its test goldens. `list`: AWS's list price as commonly published, not checked against the live page. */
  readonly source: 'infracost' | 'list';
}

const PRICES = {
  'lambda.gb-second.arm64': { dollars: 0.0000133334, per: 'GB-second', source: 'infracost' },
  'lambda.gb-second.x86_64': { dollars: 0.0000166667, per: 'GB-second', source: 'infracost' },
  'lambda.provisioned.gb-second.arm64': { dollars: 0.0000033334, per: 'GB-second', source: 'list' },
  'lambda.provisioned.gb-second.x86_64': { dollars: 0.0000041667, per: 'GB-second', source: 'list' },
  'mq.t3.micro': { dollars: 0.0276, per: 'hour', source: 'list' },
  'mq.m5.large': { dollars: 0.288, per: 'hour', source: 'infracost' },
  'mq.m5.xlarge': { dollars: 0.576, per: 'hour', source: 'infracost' },
  'mq.m5.2xlarge': { dollars: 1.152, per: 'hour', source: 'list' },
  'mq.m5.4xlarge': { dollars: 2.304, per: 'hour', source: 'list' },
  'mq.m7g.medium': { dollars: 0.1367, per: 'hour', source: 'list' },
  'mq.m7g.large': { dollars: 0.2734, per: 'hour', source: 'list' },
  'mq.m7g.xlarge': { dollars: 0.5468, per: 'hour', source: 'list' },
  'mq.m7g.2xlarge': { dollars: 1.0936, per: 'hour', source: 'list' },
  'mq.m7g.4xlarge': { dollars: 2.1872, per: 'hour', source: 'list' },
  'kafka.t3.small': { dollars: 0.0456, per: 'hour', source: 'list' },
  'kafka.m5.large': { dollars: 0.21, per: 'hour', source: 'list' },
  'kafka.m5.xlarge': { dollars: 0.42, per: 'hour', source: 'list' },
  'kafka.m5.2xlarge': { dollars: 0.84, per: 'hour', source: 'list' },
  'kafka.m5.4xlarge': { dollars: 1.68, per: 'hour', source: 'list' },
  'kafka.m7g.large': { dollars: 0.204, per: 'hour', source: 'list' },
  'kafka.m7g.xlarge': { dollars: 0.408, per: 'hour', source: 'list' },
  'kafka.m7g.2xlarge': { dollars: 0.816, per: 'hour', source: 'list' },
  'kafka.m7g.4xlarge': { dollars: 1.632, per: 'hour', source: 'list' },
  'kafka.storage.gb': { dollars: 0.1, per: 'GB-month', source: 'list' },
  'kinesis.shard': { dollars: 0.015, per: 'shard-hour', source: 'list' },
  'kinesis.shard.extended': { dollars: 0.02, per: 'shard-hour', source: 'list' },
  'kinesis.on-demand': { dollars: 0.04, per: 'stream-hour', source: 'list' },
  'dynamodb.write-unit': { dollars: 0.00065, per: 'unit-hour', source: 'list' },
  'dynamodb.read-unit': { dollars: 0.00013, per: 'unit-hour', source: 'list' },
  'kms.key': { dollars: 1, per: 'month', source: 'infracost' },
  secret: { dollars: 0.4, per: 'month', source: 'list' },
  alarm: { dollars: 0.1, per: 'month', source: 'infracost' },
  'alarm.high-resolution': { dollars: 0.3, per: 'month', source: 'infracost' },
  dashboard: { dollars: 3, per: 'month', source: 'list' },
  nat: { dollars: 0.045, per: 'hour', source: 'infracost' },
  'endpoint.zone': { dollars: 0.01, per: 'hour', source: 'infracost' },
  'kafka.serverless': { dollars: 0.75, per: 'hour', source: 'list' },
  'sqs.request': { dollars: 0.4, per: 'million', source: 'infracost' },
  'lambda.request': { dollars: 0.2, per: 'million', source: 'infracost' },
  'sns.publish': { dollars: 0.5, per: 'million', source: 'list' },
  'eventbridge.event': { dollars: 1, per: 'million', source: 'infracost' },
  'pipes.request': { dollars: 0.4, per: 'million', source: 'list' },
  'scheduler.invocation': { dollars: 1, per: 'million', source: 'list' },
  'http-api.request': { dollars: 1, per: 'million', source: 'infracost' },
  'step-functions.transition': { dollars: 25, per: 'million', source: 'infracost' },
  'dynamodb.write-request': { dollars: 0.625, per: 'million', source: 'list' },
  'dynamodb.read-request': { dollars: 0.125, per: 'million', source: 'list' },
  'kinesis.put-unit': { dollars: 0.014, per: 'million', source: 'list' },
  'logs.gb': { dollars: 0.5, per: 'GB', source: 'list' },
  'traffic.between-regions.gb': { dollars: 0.02, per: 'GB', source: 'list' },
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof PRICES;
export const priceOf = (name: PriceName): number => PRICES[name].dollars;
export const isPerMillion = (name: PriceName): boolean => PRICES[name].per === 'million';
export const isPriced = (name: string): name is PriceName => name in PRICES;
export const HOURS_A_MONTH = 730;
