interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** What a policy says of network interfaces. */
interface Interfaces {
  readonly name: string;
  /** Actions that Lambda may do as the role. */
  readonly allowed: readonly string[];
  /** Actions that the code of `functions` may not. */
  readonly denied: readonly string[];
  readonly functions: readonly string[];
}

/** Quotes within an expression are Terraform's, which puts a value in its place before IAM reads the text. */
const withoutExpressions = (policy: string) => policy.replace(/\$\{[^}]*\}/g, 'known-to-terraform');

/** Every policy of a stack that says something of EC2: there it is what Lambda does to network interfaces in the name of a role. */
export function policiesOnInterfaces(
  resource: Readonly<Record<string, Record<string, Record<string, unknown>>>>,
): readonly Interfaces[] {
  return Object.values(resource.aws_iam_role_policy ?? {})
    .filter(({ policy }) => String(policy).includes('"ec2:'))
    .map(({ name, policy }) => {
      const statements = (JSON.parse(withoutExpressions(String(policy))).Statement as Statement[]).filter(
        ({ Action }) => Action[0]?.startsWith('ec2:'),
      );
      const actions = (effect: Statement['Effect']) => [
        ...new Set(statements.filter(({ Effect }) => Effect === effect).flatMap(({ Action }) => Action)),
      ];
      const functions = statements.flatMap(({ Effect, Condition }) =>
        Effect === 'Deny'
          ? [String(Condition?.ArnLike?.['lambda:SourceFunctionArn']).replace('arn:*:lambda:*:*:function:', '')]
          : [],
      );
      return {
        name: String(name),
        allowed: actions('Allow'),
        denied: actions('Deny'),
        functions: [...new Set(functions)],
      };
    });
}
