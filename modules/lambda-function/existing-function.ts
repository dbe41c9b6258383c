import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { Lazy } from 'cdktf';
import { Construct } from 'constructs';
import type { AlarmActions } from '../defaults';
import { checkProps, matching, type Rule, whole } from '../props';
import { ROLE_NAME } from '../role';
import { failing, functionAlarm } from './alarm';
import type { Invocable } from './grantee';
import { FUNCTION_NAME } from './props';
import { acceptToLambdaAlone, type Statement, toLambdaAlone } from './statement';

export interface ExistingFunctionProps {
  /** ARN of the function, or of one of its aliases. */
  readonly functionArn: string;
  /** Its name on AWS: 1 to 64 letters, digits, hyphens, underscores. */
  readonly functionName: string;
  /** Name of the role that it runs as; what the function is granted becomes one policy of this role. */
  readonly roleName: string;
  /** Name of that policy, unique among the role's: 1 to 128 letters, digits and `+ = , . @ - _`. Source: IAM API, PutRolePolicy. */
  readonly policyName: string;
  /** Seconds until Lambda ends an invocation, as the function is set: 1 to 900. A queue's visibility timeout is checked against it. */
  readonly timeout: number;
  /** Invocations at once that it has reserved: 0 or more. Default: none reserved. */
  readonly reservedConcurrency?: number;
  /** Those of its variables that modules have to know: `breakerEnvironment` of a breaker that it tells of failures. They are set where the function is. Default: none. */
  readonly environment?: Readonly<Record<string, string>>;
}

const rules: readonly Rule<ExistingFunctionProps>[] = [
  matching(
    'functionArn',
    /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+(:[\w-]+)?$/,
    'it takes the ARN of a function or of an alias',
  ),
  matching('functionName', FUNCTION_NAME, 'Lambda takes 1 to 64 letters, digits, hyphens and underscores'),
  matching('roleName', ROLE_NAME, 'it takes the name of a role, 1 to 64 characters, and not its ARN'),
  matching('policyName', /^[\w+=,.@-]{1,128}$/, 'IAM takes 1 to 128 letters, digits and + = , . @ - _'),
  whole('timeout', [1, 900], { unit: 's', by: 'Lambda' }),
  whole('reservedConcurrency', [0, Number.POSITIVE_INFINITY]),
];

/** A function that is there already, in whatever language and from whatever tool: modules feed it and add their permissions to its role. */
export class ExistingFunction extends Construct implements Invocable {
  readonly arn: string;
  readonly functionName: string;
  readonly timeout: number;
  readonly reservedConcurrency: number | undefined;
  readonly environment: Readonly<Record<string, string>>;
  private readonly statements: Statement[] = [];
  private readonly props: ExistingFunctionProps;
  private policy: IamRolePolicy | undefined;

  constructor(scope: Construct, id: string, props: ExistingFunctionProps) {
    super(scope, id);
    checkProps(this.node.path, props, rules, 'ExistingFunctionProps');
    this.props = props;
    this.arn = props.functionArn;
    this.functionName = props.functionName;
    this.timeout = props.timeout;
    this.reservedConcurrency = props.reservedConcurrency;
    this.environment = props.environment ?? {};
  }

  get policies(): IamRolePolicy[] {
    return this.policy ? [this.policy] : [];
  }

  alarmWhenFailing(what: string, alarmActions: AlarmActions | undefined): void {
    functionAlarm(this, 'failing', this.functionName, failing(this.functionName, what), alarmActions);
  }

  grant(
    actions: readonly string[],
    resources: readonly string[],
    condition?: Record<string, Record<string, string>>,
  ): void {
    this.add({
      Effect: 'Allow',
      Action: actions,
      Resource: resources,
      ...(condition && { Condition: condition }),
    });
  }

  grantToLambda(actions: readonly string[]): void {
    acceptToLambdaAlone(this.add(...toLambdaAlone(this.functionName, actions)));
  }

  private add(...statements: readonly Statement[]): IamRolePolicy {
    this.statements.push(...statements);
    // Made with the first permission: a policy without a statement is refused by IAM.
    this.policy ??= new IamRolePolicy(this, 'policy', {
      name: this.props.policyName,
      role: this.props.roleName,
      policy: Lazy.stringValue({
        produce: () => JSON.stringify({ Version: '2012-10-17', Statement: this.statements }),
      }),
    });
    return this.policy;
  }
}
