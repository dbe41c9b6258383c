import type { Configuration, Expression, Expressions, ModuleCall, ResourceBlock } from './model';
import { remembered } from './remembered';
import type { Interest, Path } from './skim';
import { isRecord } from './values';

/** Gathers the configuration while it streams by: resource blocks, module calls and outputs, keyed by module path. */
export class ConfigurationReader {
  present = false;
  private readonly constantRegions = new Map<string, string>();
  /** Provider → the variable that its region comes from. */
  private readonly regionVariables = new Map<string, string>();
  private readonly variables = new Map<string, string>();
  private readonly allowedAccounts = new Set<string>();
  readonly sensitiveVariables: string[] = [];
  readonly secretConstants: unknown[] = [];
  private readonly blocks = new Map<string, Map<string, Map<string, ResourceBlock>>>();
  private readonly calls = new Map<string, ModuleCall>();
  private readonly outputs = new Map<string, string[]>();

  interest(rest: Path): Interest {
    this.present = true;
    const [member] = rest;
    if (rest.length === 0) return 'enter';
    if (member === 'provider_config') return 'take';
    if (member !== 'root_module') return 'skip';
    const position = inModule(rest.slice(1));
    switch (position.member) {
      case undefined:
      case 'resources':
      case 'module_calls':
      case 'outputs':
      case 'variables':
        return position.rest.length > 0 && position.member !== 'module_calls'
          ? 'take'
          : moduleCallInterest(position.rest);
      default:
        return 'skip';
    }
  }

  take(rest: Path, value: unknown): void {
    if (rest[0] === 'provider_config') {
      this.takeProviders(value);
      return;
    }
    const { module, member, rest: below } = inModule(rest.slice(1));
    if (!isRecord(value) && member !== 'module_calls') return;
    const name = String(below[0]);
    if (member === 'resources') this.takeBlock(module, value as Record<string, unknown>);
    else if (member === 'outputs') {
      const references = referencesOf((value as { expression?: Expression }).expression);
      this.outputs.set(`${module}|${name}`, references);
      if ((value as { sensitive?: boolean }).sensitive)
        this.secretConstants.push(constantsOf((value as { expression?: Expression }).expression));
    } else if (member === 'variables' && (value as { sensitive?: boolean }).sensitive === true) {
      this.sensitiveVariables.push(name);
      this.secretConstants.push((value as { default?: unknown }).default);
    } else if (member === 'module_calls') {
      const path = module === '' ? name : `${module}.${name}`;
      const call = this.calls.get(path) ?? { source: '', expressions: {} };
      if (below[1] === 'source') this.calls.set(path, { ...call, source: String(value) });
      if (below[1] === 'expressions') this.calls.set(path, { ...call, expressions: value as Expressions });
    }
  }

  variable(name: string, variable: unknown): void {
    if (isRecord(variable) && typeof variable.value === 'string') this.variables.set(name, variable.value);
  }

  /** By a constant, or by a variable of the root module. */
  private get providerRegions(): Map<string, string> {
    const byVariable = [...this.regionVariables].flatMap(([provider, variable]) => {
      const region = this.variables.get(variable);
      return region === undefined ? [] : [[provider, region] as const];
    });
    return new Map([...this.constantRegions, ...byVariable]);
  }

  /** Each region of a provider once, in the order of the configuration. */
  get regions(): string[] {
    return [...new Set(this.providerRegions.values())];
  }

  /** The accounts that the providers are held to. One that may be in several says nothing. */
  get accounts(): string[] {
    return [...this.allowedAccounts].sort();
  }

  result(): Configuration {
    const { blocks, calls, outputs, providerRegions, present } = this;
    return { blocks, calls, outputs, providerRegions, present };
  }

  private takeBlock(module: string, value: Record<string, unknown>): void {
    if (value.mode === 'data') return;
    const expressions = (isRecord(value.expressions) ? value.expressions : {}) as Expressions;
    const each = referencesOf((value.for_each_expression ?? value.count_expression) as Expression | undefined);
    const provider = typeof value.provider_config_key === 'string' ? value.provider_config_key : undefined;
    const ofModule = remembered(this.blocks, module, () => new Map());
    const ofType = remembered(ofModule, String(value.type), () => new Map());
    ofType.set(String(value.name), { expressions, each, provider });
  }

  private takeProviders(value: unknown): void {
    if (!isRecord(value)) return;
    for (const [key, provider] of Object.entries(value)) {
      if (!isRecord(provider) || !isRecord(provider.expressions)) continue;
      if (provider.name === 'aws') {
        const region = constantOf(provider.expressions.region);
        if (typeof region === 'string') this.constantRegions.set(key, region);
        const [reference, ...others] = referencesOf(provider.expressions.region as Expression | undefined);
        const variable = /^var[.](\w+)$/.exec(reference ?? '')?.[1];
        if (variable && others.length === 0 && !key.includes(':')) this.regionVariables.set(key, variable);
        const allowed = constantOf(provider.expressions.allowed_account_ids);
        if (Array.isArray(allowed) && allowed.length === 1) this.allowedAccounts.add(String(allowed[0]));
      }
      for (const name of ['secret_key', 'access_key', 'token', 'password']) {
        this.secretConstants.push(constantsOf(provider.expressions[name] as Expression | undefined));
      }
    }
  }
}

/** Follows `module_calls.X.module` down: which module a path is in, and which member of it. */
function inModule(path: Path): { module: string; member: string | undefined; rest: Path } {
  const names: string[] = [];
  let at = 0;
  while (path[at] === 'module_calls' && path.length > at + 2 && path[at + 2] === 'module') {
    names.push(String(path[at + 1]));
    at += 3;
  }
  const member = path[at];
  return {
    module: names.join('.'),
    member: member === undefined ? undefined : String(member),
    rest: path.slice(at + 1),
  };
}

function moduleCallInterest(rest: Path): Interest {
  if (rest.length < 2) return 'enter';
  return rest[1] === 'source' || rest[1] === 'expressions' ? 'take' : 'skip';
}

/** Everything that an expression refers to, blocks included. */
export function referencesOf(expression: Expression | undefined): string[] {
  if (Array.isArray(expression)) return expression.flatMap(referencesOf);
  if (!isRecord(expression)) return [];
  const own = Array.isArray(expression.references) ? expression.references.map(String) : [];
  const nested = Object.entries(expression).filter(([name]) => name !== 'references' && name !== 'constant_value');
  return [...own, ...nested.flatMap(([, value]) => referencesOf(value as Expression))];
}

const constantOf = (expression: unknown): unknown => (isRecord(expression) ? expression.constant_value : undefined);

/** Every constant in an expression. */
export function constantsOf(expression: Expression | undefined): unknown[] {
  if (Array.isArray(expression)) return expression.flatMap(constantsOf);
  if (!isRecord(expression)) return [];
  if ('constant_value' in expression) return [expression.constant_value];
  return Object.entries(expression).flatMap(([name, value]) =>
    name === 'references' ? [] : constantsOf(value as Expression),
  );
}

/** The expression at `user.0.password`; blocks are lists. */
export function expressionAt(expressions: Expressions | undefined, path: string): Expression | undefined {
  let value: unknown = expressions;
  for (const step of path.split('.')) {
    if (Array.isArray(value)) value = value[Number(step)];
    else if (isRecord(value)) value = value[step];
    else return undefined;
  }
  return value as Expression | undefined;
}
