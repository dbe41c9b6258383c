import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { readEnvironment } from '../../runtime/contract';
import { patience } from '../../runtime/patience';
import { readRequest } from '../../runtime/request';
import { brokerOperations, brokersToOperate, operationsRequest } from './contract';
import { Ledger } from './ledger';
import { type OperationsReport, operate, type Surroundings } from './operate';
import { services } from './services';

const environment = readEnvironment(brokerOperations);
const brokers = z.parse(brokersToOperate, JSON.parse(environment.BROKERS));

const logger = new Logger();
const metrics = new Metrics({ namespace: 'Spillway', singleMetric: false });
metrics.setDefaultDimensions({ network: environment.NETWORK });

const around: Surroundings = {
  network: environment.NETWORK,
  brokers,
  policy: {
    reboot: environment.REBOOT === 'automatic' ? 'automatic' : 'approved',
    failover: environment.FAILOVER === 'automatic' ? 'automatic' : 'approved',
    failoverAfterMs: Number(environment.FAILOVER_AFTER_SECONDS ?? 300) * 1000,
  },
  ledger: new Ledger(new DynamoDBClient(patience()), environment.LEDGER_TABLE, environment.NETWORK),
  ...services(brokers, (message, broker, error) => logger.warn(message, { broker, error: error as Error })),
  now: Date.now,
};

/** One round by the schedule, every few minutes; by hand with `"dryRun": true` to see what it would do. */
export const handler = async (event: unknown, { awsRequestId }: Context): Promise<OperationsReport> => {
  const allowed = '{"operation": "broker-operations", "dryRun": boolean}';
  const { dryRun = false } = readRequest(operationsRequest, event, 'broker operations', allowed);
  const report = await operate(awsRequestId, dryRun, around);
  logger[report.action.kind === 'none' ? 'info' : 'warn']('round', { ...report });
  // Whoever does not hold the lease has not looked: its zeros would say that all is well.
  if (report.outcome === 'not the operator') return report;
  metrics.addMetric('BrokersUnhealthy', MetricUnit.Count, report.unhealthy.length);
  metrics.addMetric('BrokersDrifted', MetricUnit.Count, report.drift.length);
  metrics.addMetric('BrokersWaitingForApproval', MetricUnit.Count, report.action.kind === 'ask' ? 1 : 0);
  metrics.publishStoredMetrics();
  return report;
};
