import { protection } from './breaker/contract';
import type { OutputOf, StandardSchema } from './standard-schema';

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
/** The metric of a consumer's messages that are not done, with the kind of failure as its dimension `kind`. */
export const MESSAGES_FAILED = 'MessagesFailed';
/** Those of them that failed for a reason of the consumer's own side: the ledger, a secret, a queue, a key. */
export const INTERNAL_FAILURES = { metricName: MESSAGES_FAILED, dimensions: { kind: 'internal' } };
/** Key of the item that is written to see whether a ledger can be: it is no entry, because an entry's has its scope before a `#`. */
export const LEDGER_PROBE_KEY = 'canary';

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

/** What every consumer of the kit has in its environment beside its own. The module that deploys it fills all of it in. */
export const consumerEnvironment = {
  QUEUE_URL: 'URL of the main queue, to put a failed message off',
  MAX_RECEIVE_COUNT: "the main queue's maxReceiveCount: receives until SQS parks a message",
  REPAIR_QUEUE_URL: 'URL of the repair tier, for messages that a person has to look at',
};
export const optionalConsumerEnvironment = {
  LEDGER_TABLE: "name of the ledger's table; has to be set unless the consumer says that it needs no ledger",
  LEDGER_DAYS: 'days that the ledger remembers a message after it was closed; default 400',
  CANARY_FUNCTION:
    'ARN of the function that answers {"green": boolean, "detail": string}; default: nobody is asked, so nothing is ever found to be poison',
  BACKOFF_BASE_SECONDS: 'seconds; ceiling of the first wait; default 2',
  BACKOFF_CAP_SECONDS: 'seconds; no wait is longer; default 300',
  RECEIVES_PER_ROUND:
    'receives that make a round of a message that is never parked, because its queue keeps strict order; default: MAX_RECEIVE_COUNT, so that a release makes one',
  MAX_ROUNDS: 'rounds through which a message may fail while the canary is green; then it goes to repair; default 3',
  WORK_TIMEOUT_MS: 'milliseconds until `work` is given up; default 5000, always cut to what is left of the invocation',
  ...protection,
};
type ConsumerRequired = keyof typeof consumerEnvironment;
type ConsumerOptional = keyof typeof optionalConsumerEnvironment;

/** Takes what is meant out of what a service put around it. @throws Error that says what is missing */
export type Envelope = 'raw' | 'sns' | 'eventbridge' | ((body: unknown) => unknown);

/** A consumer's contract: what a function needs in its environment, and what its messages are, for the handler, the module and the tools of the night alike. */
export interface ConsumerContract<Value = unknown, Required extends string = string, Optional extends string = string>
  extends FunctionContract<Required | ConsumerRequired, Optional | ConsumerOptional> {
  /** Any Standard Schema: zod, valibot, arktype. What doesn't fit goes to repair, with the fault at its field. */
  readonly message: StandardSchema<unknown, Value>;
  /**
   * The business identity: where it is (`order.id`), or how it is found. 1 to 512 characters, the same for every copy of a message: the idempotency key, and what a message is found by.
   */
  readonly id: string | ((message: Value) => string);
  /** What a service has put around the message: `sns` (without raw delivery), `eventbridge`, or one's own. Default `raw`: nothing. */
  readonly envelope?: Envelope | undefined;
  /** Makes an older version of a message a present one, so that what was parked before a deploy is understood after it. Called with every message. */
  readonly upcast?: ((content: unknown) => unknown) | undefined;
  /**
   * What of a message makes two under one id the same: another one under that id is a conflict, and goes to repair. Default: everything; leave out what a sender may change when it sends
   * again, for example a time. Given the message as it came, before `upcast`; what can't be read as a message as well.
   */
  readonly fingerprint?: ((content: unknown) => unknown) | undefined;
  /** Name of the dependency that `work` calls: what a circuit breaker knows it by. Default: calls have no breaker. */
  readonly dependency?: string | undefined;
  /** Consumers of one scope share what the ledger knows: an id that one has done is a duplicate to the other. Default: the contract's name. */
  readonly scope?: string | undefined;
}

/** Any consumer's contract, whatever its messages are. */
// biome-ignore lint/suspicious/noExplicitAny: the schema gives a message and the identity takes one, so no other type stands for all of them.
export type AnyConsumerContract = ConsumerContract<any>;

/** A consumer's variables without those that the kit fills in. */
export type OwnVariables<Contract> = Omit<EnvironmentOf<Contract>, ConsumerRequired | ConsumerOptional>;

export function defineConsumer<
  Schema extends StandardSchema,
  Required extends string = never,
  Optional extends string = never,
>(contract: {
  name: string;
  environment?: Record<Required, string>;
  optionalEnvironment?: Record<Optional, string>;
  message: Schema;
  id: string | ((message: OutputOf<Schema>) => string);
  envelope?: Envelope;
  upcast?: (content: unknown) => unknown;
  fingerprint?: (content: unknown) => unknown;
  dependency?: string;
  scope?: string;
}): ConsumerContract<OutputOf<Schema>, Required, Optional> {
  const { environment = {}, optionalEnvironment = {}, ...rest } = contract;
  return {
    ...rest,
    environment: { ...consumerEnvironment, ...environment },
    optionalEnvironment: { ...optionalConsumerEnvironment, ...optionalEnvironment },
  } as ConsumerContract<OutputOf<Schema>, Required, Optional>;
}

/** A canary's contract: the function that says whether a dependency works. */
export function defineCanary<Required extends string = never, Optional extends string = never>(contract: {
  name: string;
  environment?: Record<Required, string>;
  optionalEnvironment?: Record<Optional, string>;
}): FunctionContract<Required, Optional | 'CANARY_TIMEOUT_MS'> {
  return defineContract({
    environment: {} as Record<Required, string>,
    ...contract,
    optionalEnvironment: {
      ...(contract.optionalEnvironment ?? ({} as Record<Optional, string>)),
      CANARY_TIMEOUT_MS: 'milliseconds until a canary counts as failed; default 5000',
    },
  });
}
