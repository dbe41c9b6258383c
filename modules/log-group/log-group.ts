import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import type { Construct } from 'constructs';
import { withDefaults } from '../defaults';
import { checkProps, kmsKeyArn, matching, type Rule, retentionDays } from '../props';
import { acceptFinding } from '../scan';

export interface LogGroupProps {
  /** 1 to 512 letters, digits and `. - _ / #`. Source: CloudWatch Logs API, CreateLogGroup. */
  readonly name: string;
  /** Days that logs are kept: a value that CloudWatch Logs takes (1, 3, 5, 7, 14, 30, …). Default 365. Source: CloudWatch Logs API, PutRetentionPolicy. */
  readonly retentionDays?: number;
  /** KMS key for what is logged; it must let CloudWatch Logs use it (`EncryptionKey` does). Default: a key that CloudWatch owns. */
  readonly kmsKeyArn?: string;
}

const rules: readonly Rule<LogGroupProps>[] = [
  matching('name', /^[\w./#-]{1,512}$/, 'CloudWatch Logs takes 1 to 512 letters, digits and . - _ / #'),
  retentionDays('retentionDays'),
  kmsKeyArn,
];

/**
 * Name of a log group that a service delivers to by itself (API Gateway, Step Functions). CloudWatch Logs keeps a policy with the log groups that a service may write to; the prefix lets it do with one entry for all
 * of them, where an account's older policies end at 5,120 characters. Source: Step Functions guide, "Avoiding Amazon CloudWatch Logs resource policy size restrictions"; a log group's own policy, which newer
 * deliveries get, may have 51,200 bytes: CloudWatch Logs guide, "Logs sent to CloudWatch Logs".
 */
export const deliveredLogs = (service: 'apigateway' | 'states', name: string): string =>
  `/aws/vendedlogs/${service}/${name}`;

/** A log group that forgets after a while, never before anybody has decided so. */
export function logGroup(scope: Construct, id: string, given: LogGroupProps): CloudwatchLogGroup {
  const { logRetentionDays, ...rest } = withDefaults(scope, { ...given, logRetentionDays: given.retentionDays });
  const props: LogGroupProps = { ...rest, retentionDays: logRetentionDays };
  checkProps(`${scope.node.path}/${id}`, props, rules, 'LogGroupProps', given);
  const { name, retentionDays = 365, kmsKeyArn } = props;
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
