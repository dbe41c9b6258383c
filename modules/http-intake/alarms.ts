import { CloudwatchLogMetricFilter } from '@cdktf/provider-aws/lib/cloudwatch-log-metric-filter';
import type { Construct } from 'constructs';
import { METRICS_NAMESPACE } from '../../functions/runtime/contract';
import { type AlarmProps, metricAlarm } from '../alarm';
import type { AlarmActions } from '../defaults';

/** `POST`s that it takes within `WINDOW` to ring: one caller with a mistake wakes nobody. */
const LEAST = 3;
/** Seconds. */
const WINDOW = 900;

/**
 * What the access log says of a `POST`, each line counted as a metric of its own. A call that API Gateway itself lets in and SQS or KMS then refuses may be answered with a 4xx, which no metric of
 * API Gateway tells from a caller's mistake. 401 and 403 are counted apart: callers get them as a rule because their token has run out.
 */
const counted = (path: string) =>
  ({
    OrdersPosted: `{ $.route = "POST /${path}" }`,
    OrdersRefused: `{ ($.route = "POST /${path}") && ($.status = "4*") && ($.status != "401") && ($.status != "403") }`,
    OrdersUnauthorized: `{ ($.route = "POST /${path}") && (($.status = "401") || ($.status = "403")) }`,
  }) as const;

interface Watched {
  readonly apiName: string;
  readonly apiId: string;
  /** What is posted, as the API's path has it. */
  readonly path: string;
  /** Of the access log, whose lines have `api`, `route` and `status`. */
  readonly logGroupName: string;
  readonly alarmActions: AlarmActions | undefined;
}

/** What never gets into the queue: no alarm on the queue sees it. */
export function addAlarms(scope: Construct, { apiName, apiId, path, logGroupName, alarmActions }: Watched): void {
  for (const [name, pattern] of Object.entries(counted(path))) {
    new CloudwatchLogMetricFilter(scope, name, {
      name: `${apiName}-${name}`,
      logGroupName,
      pattern,
      metricTransformation: { name, namespace: METRICS_NAMESPACE, value: '1', dimensions: { api: '$.api' } },
    });
  }
  const alarm = (
    id: string,
    alarmDescription: string,
    what: Pick<AlarmProps, 'metricQuery' | 'namespace' | 'metricName' | 'dimensions' | 'statistic'> &
      Partial<Pick<AlarmProps, 'period' | 'datapointsToAlarm'>> &
      Pick<AlarmProps, 'evaluationPeriods' | 'threshold'>,
  ) =>
    metricAlarm(scope, `${id}-alarm`, {
      alarmName: `${apiName}-intake-${id}`,
      alarmDescription,
      alarmActions,
      ...what,
    });
  const posts = (metricName: keyof ReturnType<typeof counted>) => ({
    ...{ namespace: METRICS_NAMESPACE, metricName, dimensions: { api: apiName } },
  });
  alarm('failing', `The API answers with 5xx: ${path} are refused, or the history is. Runbook: intake-refused.`, {
    ...{ namespace: 'AWS/ApiGateway', metricName: '5xx', dimensions: { ApiId: apiId }, statistic: 'Sum' },
    ...{ period: 60, evaluationPeriods: 10, datapointsToAlarm: 2, threshold: 0 },
  });
  alarm(
    'refused',
    `${LEAST} ${path} or more were refused within ${WINDOW / 60} minutes though their callers are known: the role, the key or the queue, too many at once, or a sender with a mistake. Runbook: intake-refused.`,
    {
      ...posts('OrdersRefused'),
      ...{ statistic: 'Sum', period: WINDOW, evaluationPeriods: 1, threshold: LEAST - 1 },
    },
  );
  const query = (id: string, metricName: keyof ReturnType<typeof counted>) => ({
    id,
    metric: { ...posts(metricName), stat: 'Sum', period: WINDOW },
    returnData: false,
  });
  alarm(
    'unauthorized',
    `More than half of the ${path} within ${WINDOW / 60} minutes, ${LEAST} or more, were refused with 401 or 403: the issuer, its keys or the audience, or what the API's own role may do. Runbook: intake-refused.`,
    {
      metricQuery: [
        query('posted', 'OrdersPosted'),
        query('unauthorized', 'OrdersUnauthorized'),
        {
          id: 'percent',
          expression: `IF(unauthorized >= ${LEAST}, 100 * unauthorized / posted, 0)`,
          label: `percent of ${path} refused as unauthorized`,
          returnData: true,
        },
      ],
      ...{ evaluationPeriods: 1, threshold: 50 },
    },
  );
}
