/** What only the account can tell. */
export type Ask =
  | { readonly kind: 'depth'; readonly url: string }
  | { readonly kind: 'subscribers'; readonly topic: string }
  | {
      readonly kind: 'metric';
      readonly namespace: string;
      readonly metric: string;
      readonly dimensions: Readonly<Record<string, string>>;
      readonly statistic: 'Sum' | 'Maximum';
      readonly hours: number;
      readonly unit: 'count' | 'seconds';
    };

/** What a name may be made of without a shell making something else of it. Names come from a plan that anybody may have written. */
const PLAIN = /^[\w@%+=:,./-]+$/;
const quoted = (text: string) => (PLAIN.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** The same question for the AWS CLI. `date -d` is GNU's, as in CloudShell. */
export function commandOf(ask: Ask, region: string | undefined): string {
  const words = [...wordsOf(ask), ...(region ? [`--region ${quoted(region)}`] : [])];
  return `aws ${words.join(' ')}`;
}

function wordsOf(ask: Ask): string[] {
  switch (ask.kind) {
    case 'depth':
      return [
        `sqs get-queue-attributes --queue-url ${quoted(ask.url)}`,
        `--attribute-names ${DEPTHS.map(([name]) => name).join(' ')}`,
      ];
    case 'subscribers':
      return [`sns list-subscriptions-by-topic --topic-arn ${quoted(ask.topic)}`];
    case 'metric': {
      const dimensions = Object.entries(ask.dimensions).map(([name, value]) => quoted(`Name=${name},Value=${value}`));
      return [
        `cloudwatch get-metric-statistics --namespace ${ask.namespace} --metric-name ${ask.metric}`,
        `--dimensions ${dimensions.join(' ')} --statistics ${ask.statistic} --period ${periodOf(ask.hours)}`,
        `--start-time "$(date -u -d '${ask.hours} hours ago' +%FT%TZ)" --end-time "$(date -u +%FT%TZ)"`,
      ];
    }
  }
}

/** Seconds. Far below the 1,440 data points that one call gives. */
export const periodOf = (hours: number): number => (hours > 24 ? 86_400 : 3_600);

/** What a queue says of how full it is, and in which words. */
export const DEPTHS = [
  ['ApproximateNumberOfMessages', 'waiting'],
  ['ApproximateNumberOfMessagesNotVisible', 'in flight'],
  ['ApproximateNumberOfMessagesDelayed', 'delayed'],
] as const;
