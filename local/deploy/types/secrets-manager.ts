import {
  CreateSecretCommand,
  type CreateSecretCommandInput,
  DeleteSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { put, type ResourceType } from '../resource-type';

const secret: ResourceType = {
  identity: ['name'],
  async create(configuration, target) {
    // How long a deleted one is kept is asked for when it is deleted.
    configuration.get('recovery_window_in_days');
    const input = configuration.pascal<CreateSecretCommandInput>('name', 'description', 'kms_key_id');
    const { ARN } = await target.client(SecretsManagerClient).send(new CreateSecretCommand(input));
    return { id: ARN, arn: ARN, name: input.Name };
  },
  async update(configuration, target, deployed) {
    for (const name of ['recovery_window_in_days', 'name']) configuration.get(name);
    const changed = configuration.pascal<object>('description', 'kms_key_id');
    await target
      .client(SecretsManagerClient)
      .send(new UpdateSecretCommand({ SecretId: deployed.arn as string, ...changed }));
    return deployed;
  },
  async delete({ arn }, target) {
    const found = { SecretId: arn as string, ForceDeleteWithoutRecovery: true };
    await target.client(SecretsManagerClient).send(new DeleteSecretCommand(found));
  },
};

const version = put(
  ['secret_id'],
  async (configuration, target) => {
    configuration.get('secret_string_wo_version');
    const SecretId = configuration.need('secret_id');
    const SecretString = configuration.need('secret_string_wo');
    const command = new PutSecretValueCommand({ SecretId, SecretString });
    const { VersionId } = await target.client(SecretsManagerClient).send(command);
    return { id: `${SecretId}|${VersionId}`, secret_id: SecretId, version_id: VersionId };
  },
  // It goes with its secret.
  async () => {},
);

export const secretsManager: Record<string, ResourceType> = {
  aws_secretsmanager_secret: secret,
  aws_secretsmanager_secret_version: version,
};
