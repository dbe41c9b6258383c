import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import type { Construct } from 'constructs';
import { defaultsOf, type ExistingRole, named } from '../defaults';
import { checkProps, matching, PropsError, type Rule } from '../props';

/** Source: IAM API, CreateRole. */
export const ROLE_NAME = /^[\w+=,.@-]{1,64}$/;

export interface ServiceRoleProps {
  /** 1 to 64 letters, digits and `+ = , . @ - _`, with the prefix of `setDefaults`. Source: IAM API, CreateRole. */
  readonly name: string;
  /** What it is for. Default: nothing is said. */
  readonly description?: string;
  /** Who assumes it: `lambda.amazonaws.com`. */
  readonly service: string;
  /** On whose behalf, as an IAM condition block. Default: on anybody's. */
  readonly condition?: object | undefined;
  /** A role that is there already. Default: the one of that name in `setDefaults`, or one of its own. */
  readonly role?: ExistingRole | undefined;
}

const rules: readonly Rule<ServiceRoleProps>[] = [
  matching('name', ROLE_NAME, 'IAM takes 1 to 64 letters, digits and + = , . @ - _'),
  {
    prop: 'role',
    holds: ({ role }) => role?.name === undefined || !/[:/]/.test(role.name),
    message: ({ role }) => `has the name "${role?.name}"; it takes the name alone, as its ARN stands in arn`,
  },
];

/** What a service runs as: a role of its own that may do exactly what it is given, or one that is there already. */
export class ServiceRole {
  readonly arn: string;
  /** `undefined`: of a role that is there already and whose policies are somebody else's. */
  readonly name: string | undefined;
  /** What has to be made before the role may do what it was given. */
  readonly policies: IamRolePolicy[] = [];

  constructor(
    private readonly scope: Construct,
    id: string,
    props: ServiceRoleProps,
  ) {
    checkProps(`${scope.node.path}/${id}`, props, [], 'ServiceRoleProps');
    const { name, description, service, condition, role } = props;
    const { permissionsBoundary, path, namePrefix, existing } = defaultsOf(scope).roles ?? {};
    const prefixed = named(scope, name);
    const roleName =
      namePrefix === undefined || prefixed.startsWith(namePrefix) ? prefixed : `${namePrefix}${prefixed}`;
    checkProps(`${scope.node.path}/${id}`, { name: roleName, service, role }, rules);
    const given = role ?? existing?.[name] ?? existing?.[prefixed];
    if (given) {
      this.arn = given.arn;
      this.name = given.name;
      return;
    }
    if (existing)
      throw new PropsError(`${scope.node.path}/${id}`, [
        `role "${prefixed}" is not among the existing roles of the defaults, and none may be made; ${service} has to be able to assume it. There are ${Object.keys(existing).join(', ') || 'none'}`,
      ]);
    const made = new IamRole(scope, id, {
      name: roleName,
      description,
      path,
      permissionsBoundary,
      assumeRolePolicy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { Service: service },
            ...(condition && { Condition: condition }),
          },
        ],
      }),
    });
    this.arn = made.arn;
    this.name = made.name;
  }

  /** Gives it a policy, unless its policies are somebody else's. */
  allow(id: string, name: string, policy: string): void {
    if (this.name !== undefined)
      this.policies.push(new IamRolePolicy(this.scope, id, { name, role: this.name, policy }));
  }
}
