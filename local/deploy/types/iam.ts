import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam';
import { put, type ResourceType } from '../resource-type';

const role: ResourceType = {
  identity: ['name', 'path'],
  async create(configuration, target) {
    const { Role } = await target.client(IAMClient).send(
      new CreateRoleCommand({
        RoleName: configuration.need('name'),
        AssumeRolePolicyDocument: configuration.need('assume_role_policy'),
        ...configuration.pascal<object>('path', 'description', 'max_session_duration', 'permissions_boundary'),
      }),
    );
    return { id: Role?.RoleName, name: Role?.RoleName, arn: Role?.Arn, unique_id: Role?.RoleId };
  },
  async update(configuration, target, deployed) {
    const RoleName = configuration.need('name');
    for (const name of ['path', 'permissions_boundary']) configuration.get(name);
    const iam = target.client(IAMClient);
    const PolicyDocument = configuration.need('assume_role_policy');
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
    const changed = configuration.pascal<object>('description', 'max_session_duration');
    await iam.send(new UpdateRoleCommand({ RoleName, ...changed }));
    return deployed;
  },
  async delete({ name }, target) {
    await target.client(IAMClient).send(new DeleteRoleCommand({ RoleName: name as string }));
  },
};

const rolePolicy = put(
  ['name', 'role'],
  async (configuration, target) => {
    const RoleName = configuration.need('role');
    const PolicyName = configuration.need('name');
    const PolicyDocument = configuration.need('policy');
    await target.client(IAMClient).send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
    return { id: `${RoleName}:${PolicyName}`, role: RoleName, name: PolicyName };
  },
  async ({ role, name }, target) => {
    const found = { RoleName: role as string, PolicyName: name as string };
    await target.client(IAMClient).send(new DeleteRolePolicyCommand(found));
  },
);

const attachment: ResourceType = {
  identity: [],
  async create(configuration, target) {
    const RoleName = configuration.need('role');
    const PolicyArn = configuration.need('policy_arn');
    await target.client(IAMClient).send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
    return { id: `${RoleName}/${PolicyArn}`, role: RoleName, policy_arn: PolicyArn };
  },
  async delete({ role, policy_arn }, target) {
    const found = { RoleName: role as string, PolicyArn: policy_arn as string };
    await target.client(IAMClient).send(new DetachRolePolicyCommand(found));
  },
};

export const iam: Record<string, ResourceType> = {
  aws_iam_role: role,
  aws_iam_role_policy: rolePolicy,
  aws_iam_role_policy_attachment: attachment,
};
