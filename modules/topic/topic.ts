import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy';
import { Lazy } from 'cdktf';
import { Construct } from 'constructs';
import { metricAlarm } from '../alarm';
import { withDefaults } from '../defaults';
import { EncryptedQueue } from '../encrypted-queue';
import type { Grantee, Invocable } from '../lambda-function';
import { account as anAccount, checkProps, PropsError } from '../props';
import type { QueueTiers } from '../tiered-queue';
import { rules, type SubscriptionProps, type TopicProps } from './props';
import { type SubscribedTopic, subscribe } from './subscription';

/** AWS's own key for SNS, as the alternative to one of one's own. */
const AWS_KEY = 'alias/aws/sns';

/** An SNS topic, encrypted and published to over TLS only. What can't be delivered to a subscriber is kept in a dead-letter queue of that subscription. */
export class Topic extends Construct {
  readonly arn: string;
  readonly name: string;
  readonly fifo: boolean;
  private readonly publishers: object[] = [];
  private readonly plainName: string;

  private readonly props: TopicProps;

  constructor(scope: Construct, id: string, given: TopicProps) {
    super(scope, id);
    const props = withDefaults(this, given, 'topicName');
    this.props = props;
    checkProps(this.node.path, props, rules, 'TopicProps', given);
    const { topicName, fifo = false, highThroughput, kmsKeyArn } = props;
    const topic = new SnsTopic(this, 'topic', {
      name: fifo ? `${topicName}.fifo` : topicName,
      kmsMasterKeyId: kmsKeyArn ?? AWS_KEY,
      ...(fifo && { fifoTopic: true, contentBasedDeduplication: true }),
      ...(fifo && { fifoThroughputScope: highThroughput ? 'MessageGroup' : 'Topic' }),
    });
    this.arn = topic.arn;
    this.name = topic.name;
    this.fifo = fifo;
    this.plainName = topicName;
    new SnsTopicPolicy(this, 'policy', {
      arn: topic.arn,
      policy: Lazy.stringValue({
        produce: () =>
          JSON.stringify({
            Version: '2012-10-17',
            Statement: [
              {
                Sid: 'OnlyOverTls',
                Effect: 'Deny',
                Principal: '*',
                Action: 'sns:Publish',
                Resource: topic.arn,
                Condition: { Bool: { 'aws:SecureTransport': 'false' } },
              },
              ...this.publishers,
            ],
          }),
      }),
    });
    this.alarm();
  }

  private get subscribed(): SubscribedTopic {
    const { arn, fifo, plainName } = this;
    const { kmsKeyArn, alarmActions } = this.props;
    return { arn, fifo, name: plainName, kmsKeyArn, alarmActions };
  }

  /** Publishing, by a role of the topic's own account. */
  grantPublish(grantee: Grantee): void {
    grantee.grant(['sns:Publish'], [this.arn]);
    if (this.props.kmsKeyArn) grantee.grant(['kms:GenerateDataKey', 'kms:Decrypt'], [this.props.kmsKeyArn]);
  }

  /**
   * Lets an AWS service publish on behalf of one resource. Needs a key that the service may use.
   *
   * @param service for example `events.amazonaws.com`
   * @param sourceArn the rule, bucket or alarm that may; never left out, or any account's could
   */
  allowService(service: string, sourceArn: string): void {
    this.needsOwnKey(`${service} publishes`);
    this.allow({ Service: service }, { ArnEquals: { 'aws:SourceArn': sourceArn } });
  }

  /** Lets another account publish; its own policies say who of it. Its roles need the key as well. */
  allowAccount(account: string): void {
    checkProps(this.node.path, { account }, [anAccount]);
    this.needsOwnKey(`account ${account} publishes`);
    this.allow({ AWS: `arn:aws:iam::${account}:root` });
  }

  /** @returns the dead-letter queue of the subscription */
  subscribeQueue(
    id: string,
    queue: Pick<QueueTiers, 'main' | 'fifo'> | EncryptedQueue,
    props: SubscriptionProps = {},
  ): EncryptedQueue {
    const main = 'main' in queue ? queue.main : queue;
    // One that is there already has a policy of its own, which its owner opens.
    const own = main instanceof EncryptedQueue ? main : undefined;
    own?.allowTopic(this);
    return subscribe(
      this,
      id,
      this.subscribed,
      { protocol: 'sqs', endpoint: main.arn, queueIsFifo: queue.fifo, ...(own && { permission: own.policy }) },
      props,
    );
  }

  /** @returns the dead-letter queue of the subscription; what the function itself fails at is the function's (`onFailure`) */
  subscribeFunction(id: string, handler: Invocable, props: SubscriptionProps = {}): EncryptedQueue {
    const permission = new LambdaPermission(this, `${id}-permission`, {
      functionName: handler.functionName,
      action: 'lambda:InvokeFunction',
      principal: 'sns.amazonaws.com',
      sourceArn: this.arn,
    });
    return subscribe(this, id, this.subscribed, { protocol: 'lambda', endpoint: handler.arn, permission }, props);
  }

  /** @returns the dead-letter queue of the subscription. SNS asks the endpoint once whether it wants the messages; until it has said yes, it gets none */
  subscribeUrl(id: string, endpoint: string, props: SubscriptionProps = {}): EncryptedQueue {
    return subscribe(this, id, this.subscribed, { protocol: 'https', endpoint }, props);
  }

  private allow(principal: object, condition?: object): void {
    this.publishers.push({
      Effect: 'Allow',
      Principal: principal,
      Action: 'sns:Publish',
      Resource: this.arn,
      ...(condition && { Condition: condition }),
    });
  }

  private needsOwnKey(because: string): void {
    if (this.props.kmsKeyArn) return;
    throw new PropsError(this.node.path, [
      `kmsKeyArn is missing, but ${because}; AWS's own key for SNS serves this account's roles only. Pass a key that the publisher may use`,
    ]);
  }

  /** What could be delivered neither to the subscriber nor to the dead-letter queue is gone. Source: SNS guide, "Monitoring Amazon SNS topics using CloudWatch". */
  private alarm(): void {
    metricAlarm(this, 'lost-alarm', {
      alarmName: `${this.plainName}-lost`,
      alarmDescription: `Messages of the topic ${this.plainName} are lost: SNS could not put them into a dead-letter queue. Look at the queue's policy and its key.`,
      namespace: 'AWS/SNS',
      metricName: 'NumberOfNotificationsFailedToRedriveToDlq',
      dimensions: { TopicName: this.name },
      statistic: 'Sum',
      alarmActions: this.props.alarmActions,
    });
  }
}
