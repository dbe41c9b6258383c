import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { LocalBackend, S3Backend, type S3BackendConfig, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import type { EnvironmentSettings } from '../settings';

/** Services that the local environment's stacks use; Terraform finds them all at the emulator's one address. */
const LOCAL_SERVICES = [
  'apigatewayv2', 'cloudwatch', 'dynamodb', 'events', 'iam', 'kms', 'lambda', 'logs', 'pipes', 'scheduler', 'sfn', 'sns', 'sqs', 'sts',
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
      const { bucket, region: bucketRegion } = settings.state;
      // `use_lockfile` is S3's own lock (Terraform ≥ 1.10); cdktf's types are older than it.
      const backend = { bucket, region: bucketRegion, key: `${name}.tfstate`, encrypt: true, useLockfile: true };
      new S3Backend(this, backend as S3BackendConfig);
    }
  }
}
