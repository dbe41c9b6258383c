/**
 * What a function and the module that deploys it agree on. A contract is plain data in `functions/<room>/<name>/contract.ts`:
 * the module takes the names of the environment variables from it, so that one which is missing or misspelt doesn't compile,
 * and the handler reads them by it, so that one which is missing at run time is named at the first invocation.
 */
export interface FunctionContract<Required extends string = string, Optional extends string = string> {
  /** The folder below its room of `functions/` that holds `handler.ts`; also the bundle's folder below `dist/functions/`. */
  readonly name: string;
  /** Variable name → what it means, with unit, range and an example. */
  readonly environment: Readonly<Record<Required, string>>;
  /** The same for variables that the handler has a default for; the default is part of the description. */
  readonly optionalEnvironment: Readonly<Record<Optional, string>>;
}

/**
 * The environment that a contract asks for, as a module has to supply it. Values are strings, as Lambda has them; an optional one may be `undefined`, so that a
 * variable that depends on something is written out under its name, where a misspelt one doesn't compile: `...(arn && { SECRET_ARM: arn })` would.
 */
export type EnvironmentOf<C> =
  C extends FunctionContract<infer Required, infer Optional>
    ? Readonly<Record<Required, string>> & Readonly<Partial<Record<Optional, string | undefined>>>
    : never;

/** The namespace of every metric. */
export const METRICS_NAMESPACE = 'Spillway';

export function defineContract<Required extends string, Optional extends string = never>(contract: {
  name: string;
  environment: Record<Required, string>;
  optionalEnvironment?: Record<Optional, string>;
}): FunctionContract<Required, Optional> {
  return { optionalEnvironment: {} as Record<Optional, string>, ...contract };
}

/** Names every variable that is missing, with what it means, so that one look at the log is enough. */
export class MissingEnvironmentError extends Error {
  constructor(contract: FunctionContract, missing: readonly string[]) {
    const lines = missing.map((name) => `  ${name}: ${contract.environment[name]}`);
    super(`${contract.name}: ${missing.length} environment variable(s) are not set:\n${lines.join('\n')}`);
    this.name = 'MissingEnvironmentError';
  }
}

/** Reads a function's environment by its contract. An empty string counts as missing. */
export function readEnvironment<Required extends string, Optional extends string>(
  contract: FunctionContract<Required, Optional>,
  environment: NodeJS.ProcessEnv = process.env,
): EnvironmentOf<FunctionContract<Required, Optional>> {
  const required = Object.keys(contract.environment) as Required[];
  const missing = required.filter((name) => !environment[name]);
  if (missing.length > 0) throw new MissingEnvironmentError(contract, missing);
  const optional = Object.keys(contract.optionalEnvironment) as Optional[];
  const entries = [...required, ...optional]
    .filter((name) => environment[name])
    .map((name) => [name, environment[name]]);
  return Object.fromEntries(entries);
}
