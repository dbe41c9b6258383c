import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import { Construct } from 'constructs';
import { withDefaults } from '../defaults';
import { checkProps } from '../props';
import { acceptFinding } from '../scan';
import { type AlarmTopicProps, rules } from './props';

/** Where alarms go, and who hears them. */
export class AlarmTopic extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, given: AlarmTopicProps) {
    super(scope, id);
    const props = withDefaults(this, given, 'topicName');
    checkProps(this.node.path, props, rules, 'AlarmTopicProps', given);
    const { topicName, account, subscribers = [], kmsKeyArn } = props;
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
    // Named by what they are, so that one who is added or leaves changes nobody else's subscription.
    for (const { protocol, endpoint } of subscribers)
      new SnsTopicSubscription(this, `${protocol}-${endpoint}`, { topicArn: topic.arn, protocol, endpoint });
    this.arn = topic.arn;
  }
}
