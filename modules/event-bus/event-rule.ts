import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { metricAlarm } from '../alarm';
import { deadLetterQueue } from '../dead-letter-queue';
import { named } from '../defaults';
import { EncryptedQueue } from '../encrypted-queue';
import type { Invocable } from '../lambda-function';
import { checkProps, isKnown, PropsError } from '../props';
import { ServiceRole } from '../role';
import type { QueueTiers } from '../tiered-queue';
import type { Topic } from '../topic';
import { type EventBusProps, type EventRuleProps, ruleRules, type TargetProps, targetRules } from './props';

/** Source: EventBridge quotas, "Targets per rule". */
const MOST_TARGETS = 5;

/** A queue's name takes none. A name that is known only after `apply` stays what it is: SQS refuses a dot in it. */
const withoutDots = (name: string): string => (isKnown(name) ? name.replaceAll('.', '-') : name);

/** What a rule needs to know of its bus. */
interface RuledBus {
  readonly props: EventBusProps;
  readonly busName: string;
  readonly archivesAll: boolean;
}

interface Target {
  readonly arn: string;
  readonly roleArn?: string;
  /** What must be made before a delivery can succeed: EventBridge doesn't repeat one that it isn't allowed. */
  readonly permission?: ITerraformDependable;
  readonly fifo?: boolean;
}

/** One rule of a bus. What can't be delivered to a target is kept in a dead-letter queue of that target. */
export class EventRule extends Construct {
  readonly arn: string;
  readonly ruleName: string;
  /** Of the bus, which whoever switches the rule has to name. */
  readonly busName: string;
  /** A circuit breaker may switch the rule: Terraform leaves that alone. */
  readonly switchedAtRunTime: boolean;
  private readonly plainName: string;
  private targets = 0;

  constructor(
    scope: Construct,
    id: string,
    private readonly bus: RuledBus,
    props: EventRuleProps,
  ) {
    super(scope, id);
    checkProps(this.node.path, props, [], 'EventRuleProps');
    const { pattern, description, ignoresReplays, switchedAtRunTime = false } = props;
    const ruleName = named(this, props.ruleName ?? `${bus.props.busName}-${id}`);
    checkProps(this.node.path, { ...props, ruleName, hasArchive: bus.archivesAll }, ruleRules);
    const rule = new CloudwatchEventRule(this, 'rule', {
      name: ruleName,
      description,
      eventBusName: bus.busName,
      eventPattern: JSON.stringify({ ...pattern, ...(ignoresReplays && { 'replay-name': [{ exists: false }] }) }),
      state: 'ENABLED',
      lifecycle: switchedAtRunTime ? { ignoreChanges: ['state'] } : undefined,
    });
    this.arn = rule.arn;
    this.ruleName = rule.name;
    this.busName = bus.busName;
    this.switchedAtRunTime = switchedAtRunTime;
    this.plainName = ruleName;
    this.alarm();
  }

  /** @returns the dead-letter queue of the target */
  toQueue(
    id: string,
    queue: Pick<QueueTiers, 'main' | 'fifo'> | EncryptedQueue,
    props: TargetProps = {},
  ): EncryptedQueue {
    const main = 'main' in queue ? queue.main : queue;
    // One that is there already has a policy of its own, which its owner opens.
    const own = main instanceof EncryptedQueue ? main : undefined;
    own?.allowRule(this);
    return this.target(id, { arn: main.arn, fifo: queue.fifo, ...(own && { permission: own.policy }) }, props);
  }

  /** @returns the dead-letter queue of the target; what the function itself fails at is the function's (`onFailure`) */
  toFunction(id: string, handler: Invocable, props: TargetProps = {}): EncryptedQueue {
    const permission = new LambdaPermission(this, `${id}-permission`, {
      functionName: handler.functionName,
      action: 'lambda:InvokeFunction',
      principal: 'events.amazonaws.com',
      sourceArn: this.arn,
    });
    return this.target(id, { arn: handler.arn, permission }, props);
  }

  /** @returns the dead-letter queue of the target */
  toTopic(id: string, topic: Topic, props: TargetProps = {}): EncryptedQueue {
    topic.allowService('events.amazonaws.com', this.arn);
    return this.target(id, { arn: topic.arn }, props);
  }

  /** @returns the dead-letter queue of the target */
  toStateMachine(id: string, machine: { readonly arn: string }, props: TargetProps = {}): EncryptedQueue {
    return this.target(id, { arn: machine.arn, ...this.role(id, 'states:StartExecution', machine.arn) }, props);
  }

  /**
   * A bus of another region or account, which must allow this account (`allowAccount` there, if it is another). A rule of the other bus can't send them on to a third account.
   * Source: EventBridge guide, "Sending and receiving events between AWS accounts".
   *
   * @returns the dead-letter queue of the target, which stands here
   */
  toBus(id: string, bus: { readonly arn: string }, props: TargetProps = {}): EncryptedQueue {
    return this.target(id, { arn: bus.arn, ...this.role(id, 'events:PutEvents', bus.arn) }, props);
  }

  private target(id: string, { permission, fifo = false, ...to }: Target, props: TargetProps): EncryptedQueue {
    const path = `${this.node.path}/${id}`;
    checkProps(path, props, [], 'TargetProps');
    checkProps(path, { ...props, fifo }, targetRules);
    this.targets += 1;
    if (this.targets > MOST_TARGETS)
      throw new PropsError(path, [
        `is target ${this.targets} of the rule; EventBridge takes ${MOST_TARGETS}. Make another rule, or deliver to a topic`,
      ]);
    const { kmsKeyArn, alarmActions, busName } = this.bus.props;
    const undelivered = deadLetterQueue(this, `${id}-undelivered`, {
      name: `${withoutDots(this.plainName)}-${id}-undelivered`,
      ...{ kmsKeyArn, alarmActions },
      meaning: `Events of the bus ${busName} could not be delivered to ${id} by the rule ${this.plainName}`,
      action:
        'Look at their attributes ERROR_CODE and ERROR_MESSAGE, mend the target or its permission, then put their bodies on the bus again.',
    });
    undelivered.allowRule(this);
    new CloudwatchEventTarget(this, id, {
      ...to,
      rule: this.ruleName,
      eventBusName: this.busName,
      targetId: id,
      inputPath: props.inputPath,
      sqsTarget: props.messageGroupId === undefined ? undefined : { messageGroupId: props.messageGroupId },
      retryPolicy: {
        maximumEventAgeInSeconds: props.maximumEventAge ?? 86_400,
        maximumRetryAttempts: props.maximumRetryAttempts ?? 185,
      },
      deadLetterConfig: { arn: undelivered.arn },
      dependsOn: [undelivered.policy, ...(permission ? [permission] : [])],
    });
    return undelivered;
  }

  /** A role that may do the one thing, for this rule only. Source: EventBridge guide, "Using IAM roles to send events to targets". */
  private role(
    id: string,
    action: string,
    resource: string,
  ): Pick<Target, 'roleArn' | 'permission'> & { roleArn: string } {
    const name = `${this.plainName}-${id}`;
    const role = new ServiceRole(this, `${id}-role`, {
      name,
      description: `Delivers events of the rule ${this.plainName} to ${id}`,
      service: 'events.amazonaws.com',
      condition: {
        StringEquals: { 'aws:SourceAccount': this.bus.props.account },
        ArnEquals: { 'aws:SourceArn': this.arn },
      },
    });
    const statement = { Effect: 'Allow', Action: [action], Resource: [resource] };
    role.allow(`${id}-policy`, name, JSON.stringify({ Version: '2012-10-17', Statement: [statement] }));
    const [permission] = role.policies;
    return { roleArn: role.arn, ...(permission && { permission }) };
  }

  /** What could be delivered neither to a target nor to its dead-letter queue is gone. Source: EventBridge guide, "Monitoring Amazon EventBridge". */
  private alarm(): void {
    const { alarmActions } = this.bus.props;
    metricAlarm(this, 'lost-alarm', {
      alarmName: `${this.plainName}-lost`,
      alarmDescription: `Events of the rule ${this.plainName} are lost: EventBridge could not put them into a dead-letter queue. Look at the queue's policy and its key, then replay them from the archive.`,
      namespace: 'AWS/Events',
      metricName: 'InvocationsFailedToBeSentToDlq',
      dimensions: { EventBusName: this.busName, RuleName: this.ruleName },
      statistic: 'Sum',
      alarmActions,
    });
  }
}
