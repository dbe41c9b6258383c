import {
  CreateAliasCommand,
  CreateKeyCommand,
  type CreateKeyCommandInput,
  DeleteAliasCommand,
  EnableKeyRotationCommand,
  KMSClient,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
  UpdateAliasCommand,
  UpdateKeyDescriptionCommand,
} from '@aws-sdk/client-kms';
import type { Configuration } from '../configuration';
import type { ResourceType, Target } from '../resource-type';

async function rotate(configuration: Configuration, KeyId: string, target: Target): Promise<void> {
  const RotationPeriodInDays = configuration.get<number>('rotation_period_in_days');
  if (!configuration.get<boolean>('enable_key_rotation')) return;
  await target.client(KMSClient).send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays }));
}

const FIXED = ['key_usage', 'customer_master_key_spec>KeySpec', 'multi_region', 'bypass_policy_lockout_safety_check'];

const key: ResourceType = {
  identity: ['key_usage', 'customer_master_key_spec', 'multi_region'],
  async create(configuration, target) {
    // How long a deleted key is kept is asked for when it is deleted.
    configuration.get('deletion_window_in_days');
    const input = configuration.pascal<CreateKeyCommandInput>('description', 'policy', ...FIXED);
    const { KeyMetadata } = await target.client(KMSClient).send(new CreateKeyCommand(input));
    const id = KeyMetadata?.KeyId ?? '';
    await rotate(configuration, id, target);
    return { id, key_id: id, arn: KeyMetadata?.Arn };
  },
  async update(configuration, target, deployed) {
    const KeyId = deployed.key_id as string;
    configuration.pascal('deletion_window_in_days', ...FIXED);
    const kms = target.client(KMSClient);
    await kms.send(new UpdateKeyDescriptionCommand({ KeyId, Description: configuration.get('description') ?? '' }));
    const Policy = configuration.get('policy');
    if (Policy) await kms.send(new PutKeyPolicyCommand({ KeyId, Policy }));
    await rotate(configuration, KeyId, target);
    return deployed;
  },
  async delete({ key_id }, target) {
    const found = { KeyId: key_id as string, PendingWindowInDays: 7 };
    await target.client(KMSClient).send(new ScheduleKeyDeletionCommand(found));
  },
};

const alias: ResourceType = {
  identity: ['name'],
  async create(configuration, target) {
    const AliasName = configuration.need('name');
    const TargetKeyId = configuration.need('target_key_id');
    await target.client(KMSClient).send(new CreateAliasCommand({ AliasName, TargetKeyId }));
    return { id: AliasName, name: AliasName, arn: `arn:aws:kms:${target.region}:000000000000:${AliasName}` };
  },
  async update(configuration, target, deployed) {
    const AliasName = configuration.need('name');
    const TargetKeyId = configuration.need('target_key_id');
    await target.client(KMSClient).send(new UpdateAliasCommand({ AliasName, TargetKeyId }));
    return deployed;
  },
  async delete({ name }, target) {
    await target.client(KMSClient).send(new DeleteAliasCommand({ AliasName: name as string }));
  },
};

export const kms: Record<string, ResourceType> = { aws_kms_key: key, aws_kms_alias: alias };
