import { PlanError } from '../plan/errors';
import type { Account } from './answers';
import { DEPTHS, periodOf } from './command';

/** A call that hangs must not hang the pipeline. */
const PATIENCE = { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true };
const HOUR = 3_600_000;

/** The account behind the environment's credentials. The SDK is loaded here only, and is no part of the single file. */
export async function awsAccount(): Promise<Account> {
  const [{ STSClient, GetCallerIdentityCommand }, sqs, cloudwatch, sns] = await sdk();
  const clients = new Map<string, unknown>();
  const client = <T>(name: string, region: string | undefined, make: (options: object) => T): T => {
    const key = `${name} ${region}`;
    const options = { ...(region ? { region } : {}), maxAttempts: 2, requestHandler: PATIENCE };
    if (!clients.has(key)) clients.set(key, make(options));
    return clients.get(key) as T;
  };
  return {
    async id() {
      const region = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? 'us-east-1';
      const sts = client('sts', region, (options) => new STSClient(options));
      return (await sts.send(new GetCallerIdentityCommand({}))).Account ?? '';
    },
    async depth(region, url) {
      const queue = client('sqs', region, (options) => new sqs.SQSClient({ ...options, useQueueUrlAsEndpoint: false }));
      const names = DEPTHS.map(([name]) => name);
      const { Attributes } = await queue.send(
        new sqs.GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: names }),
      );
      return Attributes ?? {};
    },
    async metric(region, { namespace, metric, dimensions, statistic, hours }) {
      const watch = client('cloudwatch', region, (options) => new cloudwatch.CloudWatchClient(options));
      const now = Date.now();
      const { Datapoints = [] } = await watch.send(
        new cloudwatch.GetMetricStatisticsCommand({
          ...{ Namespace: namespace, MetricName: metric, Statistics: [statistic], Period: periodOf(hours) },
          Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
          ...{ StartTime: new Date(now - hours * HOUR), EndTime: new Date(now) },
        }),
      );
      return Datapoints.map((point) => point[statistic] ?? 0);
    },
    async subscribers(region, topic) {
      const topics = client('sns', region, (options) => new sns.SNSClient(options));
      const arns: string[] = [];
      for (let NextToken: string | undefined; ; ) {
        const page = await topics.send(new sns.ListSubscriptionsByTopicCommand({ TopicArn: topic, NextToken }));
        arns.push(...(page.Subscriptions ?? []).map(({ SubscriptionArn = '' }) => SubscriptionArn));
        NextToken = page.NextToken;
        if (!NextToken) return arns;
      }
    },
  };
}

async function sdk() {
  try {
    return await Promise.all([
      import('@aws-sdk/client-sts'),
      import('@aws-sdk/client-sqs'),
      import('@aws-sdk/client-cloudwatch'),
      import('@aws-sdk/client-sns'),
    ]);
  } catch (error) {
    const [, missing = 'the AWS SDK'] = /Cannot find (?:package|module) '([^']+)'/.exec((error as Error).message) ?? [];
    throw new PlanError(
      `--live needs ${missing} beside it, which is not in the single file: npm install @aws-sdk/client-sts @aws-sdk/client-sqs @aws-sdk/client-cloudwatch @aws-sdk/client-sns, or use the npm package`,
    );
  }
}
