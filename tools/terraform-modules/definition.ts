import { type TerraformStack, TerraformVariable, Token } from 'cdktf';
import type { Allowed, Rule, ValueRule } from '../../modules/props';

/** One input of a Terraform module. */
export interface Variable {
  readonly type: 'string' | 'number' | 'list(string)';
  /** With unit, range and the limit behind it, as a prop's docstring. */
  readonly description: string;
  /** Default: the variable has to be set. */
  readonly default?: string | number | readonly string[] | null;
  /** What is allowed of its value. */
  readonly allowed?: Allowed;
}

/** The values of a module's variables, as props take them: known to Terraform only. */
export interface Values {
  text(name: string): string;
  number(name: string): number;
  list(name: string): string[];
}

export interface TerraformModule {
  readonly name: string;
  /** What it is, in a sentence or two. */
  readonly what: string;
  readonly variables: Readonly<Record<string, Variable>>;
  /**
   * Makes the module's resources.
   *
   * @param kmsKeyArn the variable's value, or nothing: constructs decide by it what they make, so a module is made both ways (see `choose`)
   * @returns its outputs, with their descriptions
   */
  build(
    stack: TerraformStack,
    values: Values,
    kmsKeyArn: string | undefined,
  ): Readonly<Record<string, { readonly value: string; readonly description: string }>>;
  /** How it is called, in HCL. */
  readonly example: string;
  /** What the example refers to besides the module: with it `examples/complete` can be applied as it stands. In HCL. */
  readonly exampleSurroundings: string;
}

/** The variable that every module has for the key of what it encrypts. */
export const KEY = 'kms_key_arn';

/** The variable that every module has for the address of its alarms' runbooks. */
export const RUNBOOKS = 'runbooks_base_url';

/** What a module's rules allow of one prop. @throws if they say nothing of it alone */
export function allowedBy<Props>(rules: readonly Rule<Props>[], prop: keyof Props & string): Allowed {
  const rule = rules.find((each): each is ValueRule<Props> => each.prop === prop && 'allowed' in each);
  if (!rule) throw new Error(`no rule says what is allowed of ${prop} alone`);
  return rule.allowed;
}

/** The same as a Terraform condition; a variable that may be left out is held to it only when it is set. */
function condition(name: string, { allowed, default: byDefault }: Variable): string {
  const holds = (value: string): string => {
    if (!allowed) return 'true';
    if ('values' in allowed) return `contains(${JSON.stringify(allowed.values)}, ${value})`;
    if ('pattern' in allowed) return `can(regex(${JSON.stringify(allowed.pattern.source)}, ${value}))`;
    const { least, most } = allowed;
    const below = most === Number.POSITIVE_INFINITY ? '' : ` && ${value} <= ${most}`;
    return `${value} >= ${least}${below} && floor(${value}) == ${value}`;
  };
  return byDefault === null ? `var.${name} == null ? true : ${holds(`var.${name}`)}` : holds(`var.${name}`);
}

/** A variable as Terraform reads it, with its validation. */
export function block(name: string, variable: Variable): object {
  const { type, description, default: byDefault, allowed } = variable;
  return {
    type,
    description,
    ...(byDefault !== undefined && { default: byDefault }),
    nullable: byDefault === null,
    ...(allowed && {
      validation: [{ condition: `\${${condition(name, variable)}}`, error_message: `It takes ${inWords(allowed)}.` }],
    }),
  };
}

/** The variables' values in a stack. */
export function valuesIn(stack: TerraformStack, variables: TerraformModule['variables']): Values {
  const made = new Map(
    Object.entries(variables).map(([name, { type }]) => [name, new TerraformVariable(stack, name, { type })]),
  );
  const variable = (name: string): TerraformVariable => {
    const found = made.get(name);
    if (!found) throw new Error(`no variable ${name}`);
    return found;
  };
  return {
    text: (name) => variable(name).stringValue,
    number: (name) => variable(name).numberValue,
    list: (name) => Token.asList(variable(name).value),
  };
}

export function inWords(allowed: Allowed): string {
  if ('values' in allowed) return allowed.values.join(', ');
  if ('pattern' in allowed) return `what matches ${allowed.pattern.source}`;
  const { least, most } = allowed;
  return `whole numbers from ${least}${most === Number.POSITIVE_INFINITY ? '' : ` to ${most}`}`;
}
