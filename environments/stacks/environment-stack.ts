import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { LocalBackend, S3Backend, type S3BackendConfig, TerraformOutput, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { AlarmTopic } from '../../modules/alarm-topic';
import { setDefaults } from '../../modules/defaults';
import type { EnvironmentSettings } from '../settings';

/** Services that the stacks on the emulator use; Terraform finds them all at the emulator's one address. */
const LOCAL_SERVICES = [
  'apigatewayv2', 'cloudwatch', 'dynamodb', 'ec2', 'events', 'iam', 'kinesis', 'kms', 'lambda', 'logs', 'mq', 'pipes', 'scheduler', 'secretsmanager',
  'sfn', 'sns', 'sqs', 'sts',
] as const; // biome-ignore format: a list

/**
 * A stack of one environment, region and part, named `<environment>-<region>-<part>`, so that `cdktf deploy 'dev-*'` is one environment.
 * It can touch no account but the environment's, and keeps its state where the environment says.
 */
export class EnvironmentStack extends TerraformStack {
  constructor(
    scope: Construct,
    readonly settings: EnvironmentSettings,
    readonly region: string,
    part: string,
  ) {
    const name = `${settings.name}-${region}-${part}`;
    super(scope, name);
    // Passwords of brokers are write-only arguments: Terraform 1.11, OpenTofu 1.11. The state's lock in S3 is one version older.
    this.addOverride('terraform.required_version', '>= 1.11');
    setDefaults(this, { runbooks: settings.runbooks.baseUrl });
    const tags = { ...settings.tags, Environment: settings.name, Stack: name };
    const local = settings.state.kind === 'local';
    new AwsProvider(this, 'aws', {
      region,
      allowedAccountIds: local ? undefined : [settings.account],
      defaultTags: [{ tags }],
      ...(local && {
        accessKey: 'local',
        secretKey: 'local',
        skipCredentialsValidation: true,
        skipMetadataApiCheck: 'true',
        skipRequestingAccountId: true,
        endpoints: [Object.fromEntries(LOCAL_SERVICES.map((service) => [service, 'http://127.0.0.1:4566']))],
      }),
    });
    if (settings.state.kind === 'local') {
      new LocalBackend(this, { path: `${settings.state.directory}/${name}.tfstate` });
    } else {
      const bucket = settings.state.buckets[region];
      if (!bucket) throw new RangeError(`no bucket for state in ${region}`);
      // `use_lockfile` is S3's own lock; cdktf's types are older than it.
      const backend = { bucket, region, key: `${name}.tfstate`, encrypt: true, useLockfile: true };
      new S3Backend(this, backend as S3BackendConfig);
    }
  }
  /** Where this stack's alarms go: a topic of its own with the environment's subscribers, or the one that its region has already. */
  protected alarmActions(topicName: string, kmsKeyArn: string | undefined): string[] {
    const { alarms, account } = this.settings;
    const subscribers = alarms.kind === 'subscribers' ? alarms.subscribers : undefined;
    const arn =
      alarms.kind === 'topics'
        ? (alarms.arns[this.region] as string)
        : new AlarmTopic(this, 'alarms', { topicName, account, subscribers, kmsKeyArn }).arn;
    this.outputs({ alarm_topic_arn: arn });
    return [arn];
  }

  outputs(values: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(values)) new TerraformOutput(this, name, { value, staticId: true });
  }
}
