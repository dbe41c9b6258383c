import { type TerraformStack, TerraformVariable, Token } from 'cdktf';
import type { Grantee } from '../../modules/lambda-function';
import { type Allowed as AllowedOfProp, KMS_KEY_ARN, type Rule, type ValueRule } from '../../modules/props';

/** Of a prop, or of each value of a list. */
export type Allowed = AllowedOfProp | { readonly each: RegExp };

/** One input of a Terraform module. */
export interface Variable {
  readonly type: 'string' | 'number' | 'bool' | 'list(string)' | 'map(string)';
  /** With unit, range and the limit behind it, as a prop's docstring. */
  readonly description: string;
  /** Default: the variable has to be set. */
  readonly default?: string | number | boolean | readonly string[] | Readonly<Record<string, string>> | null;
  /** What is allowed of its value. */
  readonly allowed?: Allowed;
}

/** The values of a module's variables, as props take them: known to Terraform only. */
export interface Values {
  /** Whether an option is taken (see `TerraformModule.options`): a module is made both ways, because constructs decide by it what they make. */
  on(option: string): boolean;
  /** The key's value, or nothing. */
  readonly kmsKeyArn: string | undefined;
  text(name: string): string;
  number(name: string): number;
  list(name: string): string[];
  flag(name: string): boolean;
}

export interface TerraformModule {
  readonly name: string;
  /** What it is, in a sentence or two. */
  readonly what: string;
  readonly variables: Readonly<Record<string, Variable>>;
  /** It was given out when its resources' names ended in cdktf's hashes, and says what has become of them. Default false. */
  readonly hadHashes?: boolean;
  /** What else decides which resources there are, besides a key, `fifo` and `strict_order`: its name → when it is so, in HCL. Default: nothing. */
  readonly options?: Readonly<Record<string, string>>;
  /**
   * Makes the module's resources.
   *
   * @returns its outputs, with their descriptions
   */
  build(
    stack: TerraformStack,
    values: Values,
  ): Readonly<Record<string, { readonly value: string; readonly description: string }>>;
  /** How it is called, in HCL. */
  readonly example: string;
  /** What the example refers to besides the module: with it `examples/complete` can be applied as it stands. In HCL. */
  readonly exampleSurroundings: string;
}

/** The variable that every module has for the key of what it encrypts. */
export const KEY = 'kms_key_arn';

/** The variable of every module whose alarms name a runbook. */
export const RUNBOOKS = 'runbooks_base_url';

/** The variable that makes queues FIFO, in modules that can. */
export const FIFO = 'fifo';

/** The variable that has a FIFO queue park nothing. */
export const STRICT_ORDER = 'strict_order';

/** What every module asks for, where it has something that it is for. */
export const everyVariable = {
  tags: {
    type: 'map(string)',
    description: "Tags on everything that takes them, besides the provider's default_tags.",
    default: {},
  },
  region: {
    type: 'string',
    description: "Region of everything. Default: the provider's.",
    default: null,
    allowed: { pattern: /^[a-z]{2}(-[a-z]+)+-\d$/ },
  },
  permissions_boundary: {
    type: 'string',
    description: 'ARN of the policy that bounds what the roles may do. Default: none.',
    default: null,
    allowed: { pattern: /^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/.+$/ },
  },
  role_path: {
    type: 'string',
    description: 'Where the roles are filed: begins and ends with a slash.',
    default: '/',
    allowed: { pattern: /^\/([!-~]+\/)?$/ },
  },
  [RUNBOOKS]: {
    type: 'string',
    description: "Where the pages of Spillway's docs/runbooks are published; every alarm's text ends in a link to one.",
    default: 'docs/runbooks',
  },
} satisfies Record<string, Variable>;

/** Where alarms go. */
export const alarmVariables = {
  alarm_actions: {
    type: 'list(string)',
    description: 'ARNs of what the alarms call, for example an SNS topic.',
    default: [],
    allowed: { each: /^arn:/ },
  },
} satisfies Record<string, Variable>;

/** The key of what is kept. */
export const keyVariable = {
  [KEY]: {
    type: 'string',
    description:
      'ARN of a KMS key for what is kept; its policy must let CloudWatch Logs and SQS senders use it. Default: keys that AWS manages.',
    default: null,
    allowed: { pattern: KMS_KEY_ARN },
  },
} satisfies Record<string, Variable>;

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
    if ('each' in allowed)
      return `alltrue([for each in ${value} : can(regex(${JSON.stringify(allowed.each.source)}, each))])`;
    if ('values' in allowed) return `contains([${allowed.values.join(', ')}], ${value})`;
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

/** What a module is made both with and without: the option → when it is taken, in HCL. */
export const optionsOf = ({ variables, options }: TerraformModule): Readonly<Record<string, string>> => ({
  ...(KEY in variables && { [KEY]: `var.${KEY} != null` }),
  ...(FIFO in variables && { [FIFO]: `var.${FIFO}` }),
  ...(STRICT_ORDER in variables && { [STRICT_ORDER]: `var.${STRICT_ORDER}` }),
  ...options,
});

/** The variables' values in a stack, with these options taken. */
export function valuesIn(
  stack: TerraformStack,
  variables: TerraformModule['variables'],
  taken: ReadonlySet<string> = new Set(),
): Values {
  const made = new Map(
    Object.entries(variables).map(([name, { type }]) => [name, new TerraformVariable(stack, name, { type })]),
  );
  const variable = (name: string): TerraformVariable => {
    const found = made.get(name);
    if (!found) throw new Error(`no variable ${name}`);
    return found;
  };
  return {
    on: (option) => taken.has(option),
    kmsKeyArn: taken.has(KEY) ? variable(KEY).stringValue : undefined,
    text: (name) => variable(name).stringValue,
    number: (name) => variable(name).numberValue,
    list: (name) => Token.asList(variable(name).value),
    // A prop takes true or false; whichever it will be is resolved when the stack is written.
    flag: (name) => variable(name).booleanValue as unknown as boolean,
  };
}

export function inWords(allowed: Allowed): string {
  if ('each' in allowed) return `values that match ${allowed.each.source}`;
  if ('values' in allowed) return allowed.values.join(', ');
  if ('pattern' in allowed) return `what matches ${allowed.pattern.source}`;
  const { least, most } = allowed;
  return `whole numbers from ${least}${most === Number.POSITIVE_INFINITY ? '' : ` to ${most}`}`;
}

/** A policy document for a role of the caller's: what a `grant…` gives. */
export function policyOf(grant: (grantee: Grantee) => void): string {
  const Statement: object[] = [];
  grant({ grant: (Action, Resource) => Statement.push({ Effect: 'Allow', Action, Resource }) });
  return JSON.stringify({ Version: '2012-10-17', Statement });
}
