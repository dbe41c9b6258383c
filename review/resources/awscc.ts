import { compute } from './compute';
import { eventbridge } from './eventbridge';
import { kinesis } from './kinesis';
import type { Holder, ResourceType } from './resource-type';
import { security } from './security';
import { sns } from './sns';
import { sqs } from './sqs';
import { stepFunctions } from './step-functions';
import { storage } from './storage';

/** What holds something is the same thing by whichever provider; of the other attributes the review reads none here. */
const as = (holds: Holder): ResourceType & { readonly attributes: readonly [] } => ({ attributes: [], holds });

/** The AWS Cloud Control provider. */
export const awscc = {
  awscc_sqs_queue: as(sqs.aws_sqs_queue.holds),
  awscc_sns_topic: as(sns.aws_sns_topic.holds),
  awscc_kinesis_stream: as(kinesis.aws_kinesis_stream.holds),
  awscc_dynamodb_table: as(storage.aws_dynamodb_table.holds),
  awscc_dynamodb_global_table: as(storage.aws_dynamodb_table.holds),
  awscc_efs_file_system: as(storage.aws_efs_file_system.holds),
  awscc_s3_bucket: as(storage.aws_s3_bucket.holds),
  awscc_events_event_bus: as(eventbridge.aws_cloudwatch_event_bus.holds),
  awscc_events_archive: as(eventbridge.aws_cloudwatch_event_archive.holds),
  awscc_scheduler_schedule_group: as(eventbridge.aws_scheduler_schedule_group.holds),
  awscc_stepfunctions_state_machine: as(stepFunctions.aws_sfn_state_machine.holds),
  awscc_kms_key: as(security.aws_kms_key.holds),
  awscc_secretsmanager_secret: as(security.aws_secretsmanager_secret.holds),
  awscc_ecs_cluster: as(compute.aws_ecs_cluster.holds),
  awscc_eks_cluster: as(compute.aws_eks_cluster.holds),
} as const satisfies Readonly<Record<string, ResourceType>>;
