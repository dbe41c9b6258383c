import { SqsQueue, type SqsQueueConfig } from '@cdktf/provider-aws/lib/sqs-queue';
import type { Construct } from 'constructs';
import { defaultsOf, named } from '../defaults';
import { checkProps, kmsKeyArn, matching, type Rule } from '../props';
import { EncryptedQueue } from './queue';

/** 14 days, the longest that SQS keeps a message. Source: SQS quotas, "Message retention". */
export const MAXIMUM_RETENTION_SECONDS = 1_209_600;

/**
 * The longest that an alarm can look back. Where people look at messages, the age of the oldest one says nothing: SQS leaves out what was received three times. That something was
 * there on each of seven days says it, and half of the fourteen is left.
 * Source: CloudWatch API, PutMetricAlarm, Period; SQS guide, "Available CloudWatch metrics".
 */
export const A_WEEK = { period: 86_400, evaluationPeriods: 7 };

export interface EncryptedQueueProps extends SqsQueueConfig {
  /** 1 to 80 letters, digits, hyphens, underscores; a FIFO queue's ends in `.fifo`. Source: SQS quotas, "Queue name". */
  readonly name: string;
  /** KMS key for the messages. Default: of `setDefaults`, or SQS's own encryption, which `sqsManagedSseEnabled` asks for in any case. */
  readonly kmsKeyArn?: string;
}

const rules: readonly Rule<EncryptedQueueProps>[] = [
  matching(
    'name',
    /^(?=.{1,80}$)[\w-]+(\.fifo)?$/,
    'SQS takes 1 to 80 letters, digits, hyphens and underscores, with ".fifo" at the end of a FIFO queue\'s',
  ),
  kmsKeyArn,
];

/** One queue as all of ours are: encrypted, polled long, and talked to over TLS only. */
export function encryptedQueue(scope: Construct, id: string, given: EncryptedQueueProps): EncryptedQueue {
  const byDefault = given.sqsManagedSseEnabled ? undefined : defaultsOf(scope).kmsKeyArn;
  const props = { ...given, name: named(scope, given.name), kmsKeyArn: given.kmsKeyArn ?? byDefault };
  checkProps(`${scope.node.path}/${id}`, props, rules, 'EncryptedQueueProps');
  const { kmsKeyArn, ...settings } = props;
  const queue = new SqsQueue(scope, id, {
    ...(kmsKeyArn ? { kmsMasterKeyId: kmsKeyArn, kmsDataKeyReusePeriodSeconds: 300 } : { sqsManagedSseEnabled: true }),
    // Long polling: an empty receive waits instead of costing a request every moment. 20 s is the most that SQS takes.
    receiveWaitTimeSeconds: 20,
    ...settings,
  });
  const { arn, url, name } = queue;
  return new EncryptedQueue(scope, id, { arn, url, name, kmsKeyArn, fifo: settings.fifoQueue === true });
}
