import { SqsQueuePolicy } from '@cdktf/provider-aws/lib/sqs-queue-policy';
import { type ITerraformDependable, Lazy } from 'cdktf';
import type { Construct } from 'constructs';
import { checkProps, matching, PropsError } from '../props';

/** Services that send to a queue on behalf of a resource of theirs. */
const SENDERS = { topics: 'sns.amazonaws.com', rules: 'events.amazonaws.com' } as const;

/**
 * Accounts and resources that a queue's policy can name. Each is one principal or one value of a condition. Source: SQS quotas, "Policies": 8,192 bytes,
 * 50 principals; an ARN of the longest name takes about 330 bytes, so 20 of them fit with everything else.
 */
const MOST = 20;

const anAccount = matching<{ readonly account: string }>(
  'account',
  /^\d{12}$/,
  'it takes the 12 digits of an AWS account',
);

export interface Queue {
  readonly arn: string;
  readonly url: string;
  readonly name: string;
  /** Who sends or receives needs it as well, if the queue has one. */
  readonly kmsKeyArn?: string | undefined;
}

/** A queue, and the one policy that says who may send to it: a second `aws_sqs_queue_policy` of the same queue would overwrite the first. */
export class EncryptedQueue implements Queue {
  readonly arn: string;
  readonly url: string;
  readonly name: string;
  readonly kmsKeyArn: string | undefined;
  /** A FIFO queue wants a message group with each message. */
  readonly fifo: boolean;
  /** What has to be made before those who may send can do so: without it, SNS drops a message as undeliverable at its first try. */
  readonly policy: ITerraformDependable;
  private readonly senders: Readonly<Record<keyof typeof SENDERS, Set<string>>> = {
    topics: new Set(),
    rules: new Set(),
  };
  private readonly accounts = new Set<string>();

  constructor(
    private readonly scope: Construct,
    private readonly id: string,
    { arn, url, name, kmsKeyArn, fifo }: Queue & { readonly fifo: boolean },
  ) {
    this.arn = arn;
    this.url = url;
    this.name = name;
    this.kmsKeyArn = kmsKeyArn;
    this.fifo = fifo;
    this.policy = new SqsQueuePolicy(scope, `${id}-policy`, {
      queueUrl: url,
      policy: Lazy.stringValue({
        produce: () => JSON.stringify({ Version: '2012-10-17', Statement: this.statements() }),
      }),
    });
  }

  /**
   * Lets an SNS topic deliver to this queue, of whatever account and region. A key of one's own must let SNS use it: `EncryptionKey` with `deliveries`.
   * Source: SNS guide, "Subscribing an Amazon SQS queue to an Amazon SNS topic".
   */
  allowTopic({ arn }: { readonly arn: string }): void {
    this.add(this.senders.topics, arn, 'topics');
  }

  /**
   * Lets an EventBridge rule deliver to this queue, as its target or as the dead-letter queue of a target. A key of one's own must let EventBridge use it:
   * `EncryptionKey` with `deliveries`. Source: EventBridge guide, "Using resource-based policies".
   */
  allowRule({ arn }: { readonly arn: string }): void {
    this.add(this.senders.rules, arn, 'rules');
  }

  /** Lets another account send to this queue; its own policies say who of it. Source: SQS guide, "Grant cross-account permissions to a role and a username". */
  allowAccount(account: string): void {
    checkProps(`${this.scope.node.path}/${this.id}`, { account }, [anAccount]);
    this.add(this.accounts, account, 'accounts');
  }

  private add(to: Set<string>, value: string, what: string): void {
    if (to.size === MOST && !to.has(value))
      throw new PropsError(`${this.scope.node.path}/${this.id}`, [
        `policy has ${MOST} ${what}; more do not fit into SQS's 8,192 bytes. Let one topic or rule send what several would`,
      ]);
    to.add(value);
  }

  private statements(): object[] {
    const mayOnly = (sid: string, principal: object, condition?: object) => ({
      Sid: sid,
      Effect: 'Allow',
      Principal: principal,
      Action: 'sqs:SendMessage',
      Resource: this.arn,
      ...(condition && { Condition: condition }),
    });
    const services = Object.entries(this.senders).flatMap(([kind, arns]) =>
      arns.size === 0
        ? []
        : [
            mayOnly(
              kind === 'topics' ? 'TheseTopics' : 'TheseRules',
              { Service: SENDERS[kind as keyof typeof SENDERS] },
              { ArnEquals: { 'aws:SourceArn': [...arns] } },
            ),
          ],
    );
    const accounts = [...this.accounts].map((account) => `arn:aws:iam::${account}:root`);
    return [
      {
        Sid: 'OnlyOverTls',
        Effect: 'Deny',
        Principal: '*',
        Action: 'sqs:*',
        Resource: this.arn,
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
      ...services,
      ...(accounts.length > 0 ? [mayOnly('TheseAccounts', { AWS: accounts })] : []),
    ];
  }
}
