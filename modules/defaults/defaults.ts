import { Aspects, TerraformResource, TerraformStack, Token } from 'cdktf';
import type { Construct, IConstruct } from 'constructs';
import { checkProps, isKnown, KMS_KEY_ARN, PropsError, type Rule, retentionDays } from '../props';

/** What an alarm calls when it rings and when it is over: ARNs, for example of SNS topics. `off`: no alarms are made. */
export type AlarmActions = readonly string[] | 'off';

/** Where a page of `docs/runbooks` is published: the address before `/<page>.md`, or what says it for each page. */
export type Runbooks = string | ((page: string, alarmName: string) => string);

/** A role that is there already, for accounts in which modules may make none. */
export interface ExistingRole {
  /** Its ARN. Its trust policy must let the service assume it that runs as it. */
  readonly arn: string;
  /** Its name, for the policy of what the module needs. Default: no policy is attached; whoever owns the role has to allow it. */
  readonly name?: string;
}

export interface RoleDefaults {
  /** ARN of the policy that bounds what a role may do. Default: none. Source: IAM guide, "Permissions boundaries for IAM entities". */
  readonly permissionsBoundary?: string;
  /** Where roles are filed: begins and ends with a slash. Default `/`. Source: IAM API, CreateRole. */
  readonly path?: string;
  /** Put before each role's name that doesn't begin with it. Default: `namePrefix`. */
  readonly namePrefix?: string;
  /** Roles that are there already, by the name that a module would give its own. Set, no module makes a role, and one without an entry is refused. Default: modules make roles. */
  readonly existing?: Readonly<Record<string, ExistingRole>>;
}

/** What every module below a construct does where its own props say nothing. */
export interface Defaults {
  /** Put before each name that doesn't begin with it. Default: none. */
  readonly namePrefix?: string;
  /** On every resource that takes tags; a resource's own win. Default: none but the provider's `default_tags`. */
  readonly tags?: Readonly<Record<string, string>>;
  /** ARN of the KMS key for what is kept. Default: keys that AWS owns or manages. */
  readonly kmsKeyArn?: string;
  /** How roles are made. Default: as IAM makes them. */
  readonly roles?: RoleDefaults;
  /** Days that logs are kept: a value that CloudWatch Logs takes. Default 365. */
  readonly logRetentionDays?: number;
  /** Where alarms go; `off`: none are made. Default: alarms without an action. */
  readonly alarmActions?: AlarmActions;
  /** Where the runbooks are that alarms name. Default: the pages of this package, `spillway/docs/runbooks`. */
  readonly runbooks?: Runbooks;
  /** Address of the dead-letter desk's page: alarms of dead letters and parked messages link to their groups there. Default: no links, but in the alarms of a desk that has a page. */
  readonly deskUrl?: string;
}

const rules: readonly Rule<Defaults>[] = [
  {
    prop: 'kmsKeyArn',
    holds: ({ kmsKeyArn = '' }) => KMS_KEY_ARN.test(kmsKeyArn),
    message: ({ kmsKeyArn }) => `is "${kmsKeyArn}"; it takes the ARN of a KMS key (arn:aws:kms:…:key/…)`,
  },
  retentionDays('logRetentionDays'),
  {
    prop: 'deskUrl',
    holds: ({ deskUrl }) => !isKnown(deskUrl) || /^https:\/\/[^\s#?]+$/.test(deskUrl as string),
    message: ({ deskUrl }) => `is "${deskUrl}"; it takes an address that begins with https://, without # and ?`,
  },
  {
    prop: 'namePrefix',
    holds: ({ namePrefix = '' }) => /^[a-z][a-z0-9-]{0,19}$/.test(namePrefix),
    message: ({ namePrefix }) => `is "${namePrefix}"; it takes 1 to 20 lower-case letters, digits and hyphens`,
  },
  {
    prop: 'roles',
    holds: ({ roles: { path } = {} }) => !isKnown(path) || /^\/([\x21-\x7e]+\/)?$/.test(path as string),
    message: ({ roles }) => `has the path "${roles?.path}"; IAM takes one that begins and ends with a slash`,
  },
  {
    prop: 'roles',
    holds: ({ roles: { permissionsBoundary } = {} }) =>
      !isKnown(permissionsBoundary) ||
      /^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/.+$/.test(permissionsBoundary as string),
    message: ({ roles }) =>
      `has the permissionsBoundary "${roles?.permissionsBoundary}"; it takes the ARN of an IAM policy`,
  },
];

// By symbols, so that two copies of this package in one project read each other's.
const SET = Symbol.for('spillway.defaults');
const READ = Symbol.for('spillway.defaults.read');
const TAGGED = Symbol.for('spillway.defaults.tagged');
type Marked = IConstruct & { [SET]?: Defaults; [READ]?: string; [TAGGED]?: boolean };

/**
 * Sets what every module below a construct, an app or a stack as a rule, does where its own props say nothing. What is set further down wins.
 *
 * @throws PropsError for a value that can't be, and where a module has been made already that would not have heard
 */
export function setDefaults(scope: Construct, defaults: Defaults): void {
  const marked = scope as Marked;
  checkProps(`${scope.node.path || 'app'} (defaults)`, defaults, rules, 'Defaults');
  if (marked[READ] !== undefined)
    throw new PropsError(scope.node.path || 'app', [
      `defaults are set after ${marked[READ]} was made without them; set them before the first module`,
    ]);
  marked[SET] = { ...marked[SET], ...defaults };
}

/** A method of cdktn's stacks that cdktf's don't have. */
const ONLY_CDKTN = '_runPreparingResolve';

/** A stack of one kit can't synthesize elements of the other; its own words for it name an inner function. */
function refuseOtherKit(scope: IConstruct): void {
  const stack: object = TerraformStack.of(scope);
  const [theirs, ours] = [ONLY_CDKTN in stack, ONLY_CDKTN in TerraformStack.prototype];
  if (theirs === ours) return;
  const [kit, from] = theirs ? ['cdktn', 'spillway/cdktn/modules'] : ['cdktf', 'spillway/modules'];
  throw new PropsError(scope.node.path, [`is in a stack of ${kit}; import it from ${from}/…`]);
}

/** What holds for a construct: the nearest value of each. */
export function defaultsOf(scope: IConstruct): Defaults {
  refuseOtherKit(scope);
  const found: Defaults = {};
  for (const each of scope.node.scopes as Marked[]) {
    Object.assign(found, each[SET]);
    if (each !== scope) each[READ] ??= scope.node.path;
  }
  tagStackOf(scope, found);
  return found;
}

/** Aspects of an app are never run (cdktf runs a stack's and what is below it), so each stack gets its own. */
function tagStackOf(scope: IConstruct, { tags }: Defaults): void {
  if (!tags) return;
  const stack = TerraformStack.of(scope) as Marked & TerraformStack;
  if (stack[TAGGED]) return;
  stack[TAGGED] = true;
  Aspects.of(stack).add({ visit: tag });
}

const tag = (node: IConstruct): void => {
  if (!TerraformResource.isTerraformResource(node) || !('tagsInput' in node)) return;
  const taggable = node as TerraformResource & { tags: unknown; readonly tagsInput?: Record<string, string> };
  const { tags } = defaultsOf(node);
  if (tags && !Token.isUnresolved(taggable.tagsInput)) taggable.tags = { ...tags, ...taggable.tagsInput };
};

/** A name with the prefix that holds for a construct; one that begins with it stays as it is. */
export function named(scope: IConstruct, name: string): string {
  const { namePrefix = '' } = defaultsOf(scope);
  return name.startsWith(namePrefix) ? name : `${namePrefix}${name}`;
}

/**
 * Props with the defaults that hold for a construct where they say nothing.
 *
 * @param names props that name something on AWS
 */
export function withDefaults<Props extends object>(
  scope: IConstruct,
  props: Props,
  ...names: (keyof Props & string)[]
): Props {
  const { kmsKeyArn, logRetentionDays, alarmActions } = defaultsOf(scope);
  const set = Object.entries({ kmsKeyArn, logRetentionDays, alarmActions }).filter(
    ([key, value]) => value !== undefined && props[key as keyof Props] === undefined,
  );
  const prefixed = names
    .filter((key) => typeof props[key] === 'string')
    .map((key) => [key, named(scope, props[key] as string)]);
  return { ...props, ...Object.fromEntries([...set, ...prefixed]) };
}
