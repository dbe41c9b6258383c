import { basename, dirname } from 'node:path';
import { Keep, type Reads } from '../resources';
import { ConfigurationReader } from './configuration';
import { PlanError } from './errors';
import { Afterword, asUtf8, chunksOf, Preface, wrapperNote } from './input';
import { invocationOf } from './invocation';
import type { ActionInvocation, Drift, FailedCheck, Plan, Resource } from './model';
import { ownPlace } from './owner';
import { driftOf, resourceFromState, resourceOf } from './resource';
import { Secrets } from './secrets';
import { type Interest, type Path, parseBytes, Skimmer } from './skim';
import { UnchangedReader } from './unchanged';
import { isRecord, parseJson } from './values';

/** Format 0.1 came with Terraform 0.12; 1.x promises to add only. A new major may mean anything, so it is refused. */
const OLDEST = [0, 1] as const;
const NEWEST_MAJOR = 1;

/** Reads `terraform show -json` or `tofu show -json`; `-` is standard input. Throws PlanError with one sentence when it is anything else. */
export async function readPlan(path: string, stack = stackName(path), reads: Reads = {}): Promise<Plan> {
  try {
    return await planOf(chunksOf(path), stack, reads);
  } catch (error) {
    if (error instanceof PlanError) throw new PlanError(`${path === '-' ? 'standard input' : path}: ${error.message}`);
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') throw new PlanError(`${path}: no such file`);
    if (code === 'EISDIR') throw new PlanError(`${path}: is a directory, not a plan`);
    if (code === 'EACCES') throw new PlanError(`${path}: may not be read (permission denied)`);
    throw error;
  }
}

/** The plan in the bytes of a file. */
export async function planOf(chunks: AsyncIterable<Buffer>, stack: string, reads: Reads = {}): Promise<Plan> {
  const reader = new PlanReader(new Keep(reads));
  const skimmer = new Skimmer(
    (where) => reader.interest(where),
    (where, value) => reader.take(where, value),
    (where, bytes) => reader.parse(where, bytes),
  );
  const preface = new Preface();
  const afterword = new Afterword();
  for await (const chunk of asUtf8(chunks)) {
    const bytes = preface.pass(chunk);
    if (bytes === undefined) continue;
    const used = skimmer.write(bytes);
    if (used < bytes.length) afterword.add(bytes.subarray(used));
  }
  preface.end();
  skimmer.end();
  const note = wrapperNote(preface.text, afterword.lines());
  return reader.plan(stack, note === undefined ? [] : [note]);
}

/** `orders-prod/plan.json` is about orders-prod; `orders-prod.json` as well. */
export function stackName(path: string): string {
  if (path === '-') return 'plan';
  const file = basename(path).replace(/\.(json|tfplan|plan)+$/g, '');
  const folder = basename(dirname(path));
  return /^(tf)?plan$/.test(file) && !['', '.', '..'].includes(folder) ? folder : file;
}

class PlanReader {
  private readonly top: Record<string, unknown> = {};
  private readonly resources = new Map<string, Resource>();
  private readonly stateOnly = new Map<string, Resource>();
  private readonly drift: Drift[] = [];
  private readonly failedChecks: FailedCheck[] = [];
  private readonly invocations: ActionInvocation[] = [];
  private readonly configuration = new ConfigurationReader();
  private readonly secrets = new Secrets();
  private readonly accounts = new Map<string, number>();
  private readonly regions = new Map<string, number>();
  private callerAccount: string | undefined;
  private changesSeen = false;

  private readonly unchanged: UnchangedReader;

  constructor(private readonly keep: Keep) {
    this.unchanged = new UnchangedReader(keep);
  }

  interest([member, ...rest]: Path): Interest {
    if (member === undefined) return 'enter';
    switch (member) {
      case 'resource_changes':
      case 'resource_drift':
      case 'deferred_changes':
      case 'checks':
      case 'action_invocations':
      case 'deferred_action_invocations':
        if (member === 'resource_changes') this.changesSeen = true;
        return rest.length === 0 ? 'enter' : 'take';
      case 'output_changes':
      case 'variables':
        return rest.length === 0 ? 'enter' : 'take';
      case 'prior_state':
        return stateInterest(rest);
      case 'configuration':
        return this.configuration.interest(rest);
      case 'planned_values':
      case 'relevant_attributes':
      case 'proposed_unknown':
        return 'skip';
      default:
        return TOP_LEVEL.has(String(member)) ? 'take' : 'skip';
    }
  }

  parse([member]: Path, bytes: Buffer): unknown {
    if (member === 'resource_changes') return this.unchanged.read(bytes) ?? parseBytes(bytes);
    if (member !== 'prior_state') return parseBytes(bytes);
    // Most of the state is what the changes, which come before it, have said already.
    const address = leadingAddress(bytes);
    return address !== undefined && this.resources.has(address) ? undefined : parseBytes(bytes);
  }

  take([member, ...rest]: Path, value: unknown): void {
    if (rest.length === 0) {
      this.top[String(member)] = value;
      if (member === 'format_version') checkVersion(value);
      if (member === undefined) throw new PlanError('is JSON, but not an object; it is not a plan');
    } else if (member === 'resource_changes') this.takeChange(value, false);
    else if (member === 'deferred_changes') this.takeChange(isRecord(value) ? value.resource_change : undefined, true);
    else if (member === 'resource_drift') {
      const drift = driftOf(value);
      if (drift) this.drift.push(drift);
    } else if (member === 'prior_state') this.takeState(value);
    else if (member === 'configuration') this.configuration.take(rest, value);
    else if (member === 'variables') {
      this.secrets.variable(String(rest[0]), value);
      this.configuration.variable(String(rest[0]), value);
    } else if (member === 'output_changes') this.secrets.output(value);
    else if (member === 'checks') this.takeCheck(value);
    else if (member === 'action_invocations' || member === 'deferred_action_invocations') this.takeInvocation(value);
  }

  plan(stack: string, readingNotes: readonly string[]): Plan {
    this.refuseOtherFiles();
    for (const [address, resource] of this.stateOnly) {
      if (!this.resources.has(address)) this.resources.set(address, resource);
    }
    for (const name of this.configuration.sensitiveVariables) this.secrets.sensitiveVariable(name);
    for (const value of this.configuration.secretConstants) this.secrets.add(value);
    const byCount = (counts: Map<string, number>) =>
      [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([name]) => name);
    const accounts = this.callerAccount ? [this.callerAccount] : byCount(this.accounts);
    const regions = byCount(this.regions);
    return {
      stack,
      formatVersion: String(this.top.format_version),
      terraformVersion: typeof this.top.terraform_version === 'string' ? this.top.terraform_version : undefined,
      errored: this.top.errored === true,
      complete: this.top.complete !== false,
      resources: [...this.resources.values()],
      drift: this.drift,
      failedChecks: this.failedChecks,
      invocations: this.invocations,
      configuration: this.configuration.result(),
      account:
        this.callerAccount ?? (this.configuration.accounts.length === 1 ? this.configuration.accounts[0] : undefined),
      accounts: accounts.length > 0 ? accounts : this.configuration.accounts,
      regions: regions.length > 0 ? regions : this.configuration.regions,
      secrets: this.secrets.all,
      readingNotes,
    };
  }

  private takeChange(value: unknown, deferred: boolean): void {
    if (!isRecord(value) || !isRecord(value.change) || typeof value.address !== 'string') {
      throw new PlanError('a resource change has no address or no change in it; the plan is malformed');
    }
    this.secrets.change(value.change);
    // What is only read may be anybody's.
    if (value.mode === 'data') return;
    this.countOwner(value.type, value.change.before ?? value.change.after);
    const resource = resourceOf(value, deferred, this.keep);
    // A deposed object is what an interrupted replacement left behind: a second entry at the same address.
    const deposed =
      typeof value.deposed === 'string'
        ? { ...resource, address: `${resource.address} (deposed ${value.deposed})` }
        : resource;
    this.resources.set(deposed.address, deposed);
  }

  private takeState(value: unknown): void {
    if (!isRecord(value) || typeof value.address !== 'string' || !isRecord(value.values)) return;
    if (value.mode === 'data') {
      if (value.type === 'aws_caller_identity' && typeof value.values.account_id === 'string') {
        this.callerAccount = value.values.account_id;
      }
      return;
    }
    this.countOwner(value.type, value.values);
    if (!this.resources.has(value.address)) this.stateOnly.set(value.address, resourceFromState(value, this.keep));
  }

  private takeInvocation(value: unknown): void {
    const invocation = invocationOf(value);
    if (invocation) this.invocations.push(invocation);
  }

  private takeCheck(value: unknown): void {
    if (!isRecord(value) || !['fail', 'error'].includes(String(value.status))) return;
    const address = isRecord(value.address) ? String(value.address.to_display ?? '') : '';
    const kind = isRecord(value.address) ? String(value.address.kind ?? '') : '';
    this.failedChecks.push({ address, kind, status: String(value.status) });
  }

  private countOwner(type: unknown, attributes: unknown): void {
    if (!isRecord(attributes)) return;
    const place = ownPlace(String(type), attributes.arn);
    // AWS provider 6 says it of each resource, also of one that has no ARN yet.
    const region = place?.region ?? attributes.region;
    if (typeof region === 'string') this.regions.set(region, (this.regions.get(region) ?? 0) + 1);
    if (place?.account) this.accounts.set(place.account, (this.accounts.get(place.account) ?? 0) + 1);
  }

  private refuseOtherFiles(): void {
    if ('lineage' in this.top || ('serial' in this.top && 'version' in this.top)) {
      throw new PlanError(
        'is a state file, not a plan; run `terraform plan -out=FILE`, then `terraform show -json FILE`',
      );
    }
    if (!('format_version' in this.top)) {
      throw new PlanError('is JSON but not a plan: it has no format_version; review `terraform show -json PLANFILE`');
    }
    if (!this.changesSeen && 'values' in this.top) {
      throw new PlanError('is a state shown as JSON, not a plan; give the plan file: `terraform show -json PLANFILE`');
    }
    const isPlan = this.changesSeen || this.configuration.present || 'planned_values' in this.top;
    if (!isPlan) {
      throw new PlanError('has a format_version but neither resource_changes nor configuration; it is not a plan');
    }
  }
}

const ADDRESS = Buffer.from('{"address":"');
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Of `{"address":"…"`, as a resource of the state begins. Where it is laid out otherwise nobody can tell at a glance. */
function leadingAddress(bytes: Buffer): string | undefined {
  if (!bytes.subarray(0, ADDRESS.length).equals(ADDRESS)) return undefined;
  let end = bytes.indexOf(QUOTE, ADDRESS.length);
  while (bytes[end - 1] === BACKSLASH) end = bytes.indexOf(QUOTE, end + 1);
  const text = bytes.toString('utf8', ADDRESS.length, end);
  return text.includes('\\') ? (parseJson(`"${text}"`) as string | undefined) : text;
}

const TOP_LEVEL = new Set([
  'format_version',
  'terraform_version',
  'errored',
  'complete',
  'applyable',
  'lineage',
  'serial',
  'version',
  'values',
]);

function stateInterest(rest: Path): Interest {
  const last = rest.at(-1);
  if (rest.length === 0 || last === 'values' || last === 'root_module' || last === 'resources') return 'enter';
  if (last === 'child_modules') return 'enter';
  if (typeof last === 'number') return rest.at(-2) === 'resources' ? 'take' : 'enter';
  return 'skip';
}

function checkVersion(value: unknown): void {
  const match = /^(\d+)\.(\d+)$/.exec(String(value));
  if (!match) throw new PlanError(`format_version is ${JSON.stringify(value)}; plans have one like "1.2"`);
  const [major, minor] = [Number(match[1]), Number(match[2])];
  if (major > NEWEST_MAJOR) {
    throw new PlanError(`plan format ${value} is newer than this review knows (0.1 to 1.x); update spillway`);
  }
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    throw new PlanError(
      `plan format ${value} is older than this review knows (0.1 to 1.x); plan with Terraform 0.12 or later`,
    );
  }
}
