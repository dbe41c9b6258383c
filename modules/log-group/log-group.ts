import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import type { Construct } from 'constructs';
import { acceptFinding } from '../scan';

export interface LogGroupSettings {
  readonly name: string;
  /** Days that logs are kept: a value that CloudWatch knows (1, 3, 5, 7, 14, 30, …). Default 365. */
  readonly retentionDays?: number;
  /** KMS key for what is logged. Default: a key that CloudWatch owns. */
  readonly kmsKeyArn?: string;
}

/** A log group that forgets after a while, never before anybody has decided so. */
export function logGroup(scope: Construct, id: string, settings: LogGroupSettings): CloudwatchLogGroup {
  const { name, retentionDays = 365, kmsKeyArn } = settings;
  const logs = new CloudwatchLogGroup(scope, id, { name, retentionInDays: retentionDays, kmsKeyId: kmsKeyArn });
  if (!kmsKeyArn)
    acceptFinding(
      logs,
      'CKV_AWS_158',
      'Logs are encrypted by a key that CloudWatch owns; pass kmsKeyArn for one of your own.',
    );
  if (retentionDays < 365)
    acceptFinding(logs, 'CKV_AWS_338', 'This environment keeps its logs for less than a year on purpose.');
  return logs;
}
