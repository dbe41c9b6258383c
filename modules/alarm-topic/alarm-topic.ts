import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy';
import { Construct } from 'constructs';
import { acceptFinding } from '../scan';

export interface AlarmTopicProps {
  /** 1 to 256 letters, digits, hyphens, underscores. */
  readonly topicName: string;
  /** Whose alarms may publish: 12 digits. */
  readonly account: string;
  /** A KMS key that CloudWatch may use (`EncryptionKey` allows it). Default: not encrypted by a key; alarms hold no message. */
  readonly kmsKeyArn?: string;
}

/** Where alarms go. Subscribe whoever is on call. */
export class AlarmTopic extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { topicName, account, kmsKeyArn }: AlarmTopicProps) {
    super(scope, id);
    const topic = new SnsTopic(this, 'topic', { name: topicName, kmsMasterKeyId: kmsKeyArn });
    if (!kmsKeyArn)
      acceptFinding(
        topic,
        'CKV_AWS_26',
        'Alarms name queues and numbers, never a message; pass kmsKeyArn for a key of your own.',
      );
    new SnsTopicPolicy(this, 'policy', {
      arn: topic.arn,
      policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'AlarmsOfThisAccount',
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: 'sns:Publish',
            Resource: topic.arn,
            Condition: { StringEquals: { 'aws:SourceAccount': account } },
          },
          {
            Sid: 'OnlyOverTls',
            Effect: 'Deny',
            Principal: '*',
            Action: 'sns:Publish',
            Resource: topic.arn,
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      }),
    });
    this.arn = topic.arn;
  }
}
