import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import { TerraformVariable } from 'cdktf';
import type { Construct } from 'constructs';
import { enrichClicks } from '../../functions/clickstream/enrich-clicks/contract';
import { enrichmentCanary } from '../../functions/clickstream/enrichment-canary/contract';
import { EncryptionKey } from '../../modules/encryption-key';
import { ownBundle } from '../../modules/lambda-function';
import { ProtectedConsumer } from '../../modules/protected-consumer';
import { acceptFinding } from '../../modules/scan';
import { Stream, StreamConsumer } from '../../modules/stream';
import { LONGEST_MAIN_RETENTION_SECONDS } from '../../modules/tiered-queue';
import type { EnvironmentSettings } from '../settings';
import { CLICKSTREAM, type ClickstreamSettings } from '../settings/clickstream';
import { EnvironmentStack } from './environment-stack';
import { dependencyOf } from './shop/breaker';

/**
 * Clicks in one region: stream → consumer → FIFO queue → the same consumer → enrichment service and the table of visits. Every click goes on to the queue before it is begun, its visit as its
 * group: there it is put off, parked and repaired for itself, and nothing of its visit overtakes it while it waits.
 */
export class ClickstreamStack extends EnvironmentStack {
  constructor(scope: Construct, settings: EnvironmentSettings, region: string, clickstream: ClickstreamSettings) {
    super(scope, settings, region, CLICKSTREAM);
    const { account, deletionProtection, logRetentionDays } = settings;
    const name = `${settings.name}-${region}-${CLICKSTREAM}`;
    const kmsKeyArn = settings.ownKey
      ? new EncryptionKey(this, 'key', { keyName: name, account, region }).arn
      : undefined;
    const alarmActions = this.alarmActions(`${name}-alarms`, kmsKeyArn);
    const shared = { kmsKeyArn, alarmActions };
    const visits = this.visits(`${name}-visits`, kmsKeyArn);
    const environment = { ENRICHMENT_URL: this.enrichment(clickstream) };
    const { breaker } = clickstream;
    const protectedConsumer = new ProtectedConsumer(this, 'consumer', {
      name,
      contract: enrichClicks,
      bundle: ownBundle(enrichClicks),
      environment: { ...environment, VISITS_TABLE: visits.name, VISIT_DAYS: String(clickstream.visitDays) },
      canary: { contract: enrichmentCanary, bundle: ownBundle(enrichmentCanary), environment },
      queue: {
        fifo: true,
        highThroughput: true,
        maxReceiveCount: clickstream.maxReceiveCount,
        visibilityTimeout: 6 * clickstream.functionTimeoutSeconds,
        messageRetention: LONGEST_MAIN_RETENTION_SECONDS,
      },
      function: { timeout: clickstream.functionTimeoutSeconds, memorySize: clickstream.memoryMb },
      workTimeoutMs: clickstream.enrichmentTimeoutMs,
      breaker: {
        trickleRate: breaker.trickleRatePerSecond,
        ceilingRate: breaker.ceilingRatePerSecond,
        releaseInterval: breaker.releaseIntervalSeconds,
        dependency: dependencyOf(breaker),
      },
      account,
      region,
      deletionProtection,
      logRetentionDays,
      ...shared,
    });
    const { handler, queue } = protectedConsumer;
    handler.grant(['dynamodb:UpdateItem'], [visits.arn]);
    const stream = new Stream(this, 'clicks', {
      streamName: name,
      shards: clickstream.shards,
      retentionHours: clickstream.retentionHours,
      ...shared,
    });
    new StreamConsumer(this, 'reader', {
      source: stream,
      handler,
      consumerName: `${name}-reader`,
      tiers: queue,
      parallelization: clickstream.parallelization,
      ...shared,
    });
    this.outputs({
      lane: CLICKSTREAM,
      stream_name: stream.streamName,
      visits_table_name: visits.name,
      ledger_table_name: protectedConsumer.ledger?.tableName ?? '',
      consumer_function_name: handler.functionName,
      event_source_mapping_uuid: protectedConsumer.consumer.mappingUuid,
      main_queue_url: queue.main.url,
      parked_queue_url: queue.parked.url,
      repair_queue_url: queue.repair.url,
      redrive_function_name: protectedConsumer.redrive.handler.functionName,
    });
    if (protectedConsumer.breaker)
      this.outputs({
        breaker_table_name: protectedConsumer.breaker.tableName,
        breaker_hold_function_name: protectedConsumer.breaker.hold.functionName,
      });
  }

  private visits(name: string, kmsKeyArn: string | undefined): DynamodbTable {
    const table = new DynamodbTable(this, 'visits', {
      name,
      billingMode: 'PAY_PER_REQUEST',
      hashKey: 'visit',
      attribute: [{ name: 'visit', type: 'S' }],
      ttl: { enabled: true, attributeName: 'expiresAt' },
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true, kmsKeyArn },
      deletionProtectionEnabled: this.settings.deletionProtection,
    });
    if (!kmsKeyArn) acceptFinding(table, 'CKV_AWS_119', 'Encrypted with the key that AWS manages for DynamoDB.');
    return table;
  }

  private enrichment({ enrichment }: ClickstreamSettings): string {
    if ('url' in enrichment) return enrichment.url;
    return new TerraformVariable(this, enrichment.variable, {
      type: 'string',
      default: enrichment.default,
      description: 'Base address of the enrichment service',
    }).stringValue;
  }
}
