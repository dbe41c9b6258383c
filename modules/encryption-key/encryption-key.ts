import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { Construct } from 'constructs';
import { withDefaults } from '../defaults';
import { account, checkProps, matching, type Rule, region, whole } from '../props';

export interface EncryptionKeyProps {
  /** The alias is `alias/<keyName>`: 1 to 250 letters, digits, hyphens, underscores, slashes, not beginning with `aws/`. Source: KMS API, CreateAlias. */
  readonly keyName: string;
  /** The account that the key belongs to: 12 digits. */
  readonly account: string;
  /** The region that it is used in; CloudWatch Logs is a service of its own in each. */
  readonly region: string;
  /**
   * Services that deliver to encrypted queues of this account: `sns` (subscriptions and their dead-letter queues), `events` (EventBridge: targets and their dead-letter
   * queues). Without it what they deliver to a queue with this key is refused. Default: none. Source: SQS guide, "Configure KMS permissions for AWS services".
   */
  readonly deliveries?: readonly ('sns' | 'events')[];
  /** Days between a deletion and its end: 7 to 30. Default 30. Source: KMS API, ScheduleKeyDeletion. */
  readonly deletionWindowDays?: number;
}

const rules: readonly Rule<EncryptionKeyProps>[] = [
  matching(
    'keyName',
    /^(?!aws\/)[A-Za-z0-9/_-]{1,250}$/,
    'KMS takes 1 to 250 letters, digits, hyphens, underscores and slashes, not beginning with "aws/"',
  ),
  account,
  region,
  whole('deletionWindowDays', [7, 30], { unit: 'days', by: 'KMS' }),
];

/** One key of a region's own for its queues, tables, logs and topics; rotated every year. */
export class EncryptionKey extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, given: EncryptionKeyProps) {
    super(scope, id);
    const props = withDefaults(this, given, 'keyName');
    checkProps(this.node.path, props, rules, 'EncryptionKeyProps', given);
    const { keyName, account, region } = props;
    const service = (name: string, actions: string[], condition: object) => ({
      Sid: `Used${name.split('.')[0]?.replace(/^./, (first) => first.toUpperCase())}`,
      Effect: 'Allow',
      Principal: { Service: name },
      Action: actions,
      Resource: '*',
      Condition: condition,
    });
    const key = new KmsKey(this, 'key', {
      description: `Encrypts what ${keyName} keeps`,
      enableKeyRotation: true,
      deletionWindowInDays: props.deletionWindowDays ?? 30,
      policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            // Without this statement a key that nobody may change can only be opened again by AWS support.
            Sid: 'AccountDecidesByIam',
            Effect: 'Allow',
            Principal: { AWS: `arn:aws:iam::${account}:root` },
            Action: 'kms:*',
            Resource: '*',
          },
          service(
            `logs.${region}.amazonaws.com`,
            ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
            {
              ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:${region}:${account}:*` },
            },
          ),
          service('cloudwatch.amazonaws.com', ['kms:Decrypt', 'kms:GenerateDataKey*'], {
            StringEquals: { 'aws:SourceAccount': account },
          }),
          ...(props.deliveries ?? []).map((name) =>
            service(`${name}.amazonaws.com`, ['kms:GenerateDataKey*', 'kms:Decrypt'], {
              StringEquals: { 'aws:SourceAccount': account },
            }),
          ),
          // Without it no line of an encrypted state machine's executions reaches its log group. Source: Step Functions guide, "Data at rest encryption",
          // step 3; the condition is the context that the machine's role encrypts under there.
          service('delivery.logs.amazonaws.com', ['kms:Decrypt'], {
            StringEquals: { 'kms:EncryptionContext:SourceArn': `arn:aws:logs:${region}:${account}:*` },
          }),
        ],
      }),
    });
    new KmsAlias(this, 'alias', { name: `alias/${keyName}`, targetKeyId: key.keyId });
    this.arn = key.arn;
  }
}
