import { CloudwatchEventArchive } from '@cdktf/provider-aws/lib/cloudwatch-event-archive';
import { CloudwatchEventBus } from '@cdktf/provider-aws/lib/cloudwatch-event-bus';
import { CloudwatchEventBusPolicy } from '@cdktf/provider-aws/lib/cloudwatch-event-bus-policy';
import { Lazy } from 'cdktf';
import { Construct } from 'constructs';
import { deadLetterQueue } from '../dead-letter-queue';
import { withDefaults } from '../defaults';
import type { Grantee } from '../lambda-function';
import { account as anAccount, checkProps } from '../props';
import { EventRule } from './event-rule';
import { type EventBusProps, type EventRuleProps, rules } from './props';

/** An event bus with an archive that events can be replayed from. */
export class EventBus extends Construct {
  readonly arn: string;
  readonly busName: string;
  /** What a replay starts from; `undefined` without an archive. */
  readonly archiveArn: string | undefined;
  private readonly accounts: string[] = [];
  private policy: CloudwatchEventBusPolicy | undefined;

  readonly props: EventBusProps;

  constructor(scope: Construct, id: string, given: EventBusProps) {
    super(scope, id);
    const props = withDefaults(this, given, 'busName');
    this.props = props;
    checkProps(this.node.path, props, rules, 'EventBusProps', given);
    const { busName, kmsKeyArn, archive = {} } = props;
    // What can't be encrypted, as the key is gone or forbidden, is kept there with a key that SQS has itself.
    const unencrypted = kmsKeyArn ? this.unencrypted() : undefined;
    const bus = new CloudwatchEventBus(this, 'bus', {
      name: busName,
      kmsKeyIdentifier: kmsKeyArn,
      deadLetterConfig: unencrypted && { arn: unencrypted.arn },
    });
    unencrypted?.allowRule(bus);
    this.arn = bus.arn;
    this.busName = bus.name;
    if (archive === false) return;
    const { retentionDays = 14, pattern } = archive;
    this.archiveArn = new CloudwatchEventArchive(this, 'archive', {
      name: busName,
      eventSourceArn: bus.arn,
      retentionDays,
      eventPattern: pattern && JSON.stringify(pattern),
      kmsKeyIdentifier: kmsKeyArn,
    }).arn;
  }

  /** Everything that is put on the bus can be replayed. */
  get archivesAll(): boolean {
    return this.props.archive !== false && this.props.archive?.pattern === undefined;
  }

  /** Whatever of the bus matches a pattern, for its targets. */
  rule(id: string, props: EventRuleProps): EventRule {
    return new EventRule(this, id, this, props);
  }

  /** Putting events on it, by a role of its own account. */
  grantPut(grantee: Grantee): void {
    grantee.grant(['events:PutEvents'], [this.arn]);
    if (this.props.kmsKeyArn) grantee.grant(['kms:GenerateDataKey', 'kms:Decrypt'], [this.props.kmsKeyArn]);
  }

  /**
   * Replaying archived events of a time to this bus or some of its rules, and watching and cancelling that. EventBridge sets the pace itself: for one of your own, replay to
   * a rule that delivers to a queue. Source of the list: service authorization reference, EventBridge.
   */
  grantReplay(grantee: Grantee): void {
    const { account, region } = this.props;
    const replays = `arn:aws:events:${region}:${account}:replay/*`;
    if (this.archiveArn) grantee.grant(['events:StartReplay'], [this.archiveArn, this.arn, replays]);
    grantee.grant(['events:DescribeReplay', 'events:CancelReplay'], [replays]);
  }

  /** Lets another account, in whatever region, put events on this bus. Source: EventBridge guide, "Permissions for event buses". */
  allowAccount(account: string): void {
    checkProps(this.node.path, { account }, [anAccount]);
    this.accounts.push(`arn:aws:iam::${account}:root`);
    // Made with the first permission: a policy without a statement is refused.
    this.policy ??= new CloudwatchEventBusPolicy(this, 'policy', {
      eventBusName: this.busName,
      policy: Lazy.stringValue({
        produce: () =>
          JSON.stringify({
            Version: '2012-10-17',
            Statement: [
              {
                Sid: 'TheseAccounts',
                Effect: 'Allow',
                Principal: { AWS: this.accounts },
                Action: 'events:PutEvents',
                Resource: this.arn,
              },
            ],
          }),
      }),
    });
  }

  private unencrypted() {
    const { busName, alarmActions } = this.props;
    return deadLetterQueue(this, 'unencrypted', {
      name: `${busName}-unencrypted`,
      sqsManagedKey: true,
      alarmActions,
      meaning: `Events of the bus ${busName} could not be encrypted and were delivered to nobody`,
      action: "Look at the key and its policy, then put the events' bodies on the bus again.",
    });
  }
}
