import { CloudwatchLogResourcePolicy } from '@cdktf/provider-aws/lib/cloudwatch-log-resource-policy';
import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret';
import { SecretsmanagerSecretVersion } from '@cdktf/provider-aws/lib/secretsmanager-secret-version';
import type { TerraformResource } from 'cdktf';
import { Construct } from 'constructs';
import { EncryptionKey } from '../encryption-key';
import { acceptFinding } from '../scan';
import type { BrokerPlaceProps, BrokerUser } from './props';

/** What guards a broker: its key, its users' secrets, and the right of Amazon MQ to write its log. */
export class BrokerVault extends Construct {
  readonly kmsKeyArn: string;
  /** Amazon MQ refuses to create a broker whose log it may not write. */
  readonly logAccess: TerraformResource;
  private readonly secrets: ReadonlyMap<string, string>;

  constructor(scope: Construct, id: string, props: BrokerPlaceProps & { readonly users: readonly BrokerUser[] }) {
    super(scope, id);
    const { brokerName, account, region } = props;
    this.kmsKeyArn = props.kmsKeyArn ?? new EncryptionKey(this, 'key', { keyName: brokerName, account, region }).arn;
    this.secrets = new Map(props.users.map((user) => [user.username, this.secret(brokerName, user)]));
    // Source: Amazon MQ guide, "Configuring Amazon MQ for ActiveMQ logs", with its guard against a confused deputy.
    this.logAccess = new CloudwatchLogResourcePolicy(this, 'log-access', {
      policyName: `${brokerName}-amazon-mq`,
      policyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'mq.amazonaws.com' },
            Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            Resource: `arn:aws:logs:${region}:${account}:log-group:/aws/amazonmq/*`,
            Condition: {
              StringEquals: { 'aws:SourceAccount': account },
              ArnLike: { 'aws:SourceArn': `arn:aws:mq:${region}:${account}:*` },
            },
          },
        ],
      }),
    });
  }

  secretArn(username: string): string {
    const arn = this.secrets.get(username);
    if (!arn)
      throw new RangeError(`${this.node.path}: no user ${username}; there are ${[...this.secrets.keys()].join(', ')}`);
    return arn;
  }

  private secret(brokerName: string, { username, password, passwordVersion }: BrokerUser): string {
    const secret = new SecretsmanagerSecret(this, `secret-${username}`, {
      name: `${brokerName}/${username}`,
      description: `User ${username} of the broker ${brokerName}`,
      kmsKeyId: this.kmsKeyArn,
      recoveryWindowInDays: 30,
    });
    acceptFinding(
      secret,
      'CKV2_AWS_57',
      'Amazon MQ takes a new password at a restart only, so rotation is a runbook (docs/runbooks/broker-passwords.md), not a timer.',
    );
    // Write-only: the value is in no plan and in no state. The format is what Lambda's event source mapping reads.
    new SecretsmanagerSecretVersion(this, `secret-${username}-value`, {
      secretId: secret.id,
      secretStringWo: JSON.stringify({ username, password }),
      secretStringWoVersion: passwordVersion,
    });
    return secret.arn;
  }
}
