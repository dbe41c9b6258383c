import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import { protect } from './breaker/protect';
import {
  type ConsumerContract,
  type consumerEnvironment,
  type EnvironmentOf,
  type FunctionContract,
  readEnvironment,
} from './contract';
import type { Outcome } from './decide';
import type { ConsumerDefinition, Variables } from './definition';
import { functionCanary } from './function-canary';
import { Gate } from './gate';
import { Handling } from './handle';
import { handleBatch } from './handle-batch';
import { DynamoDbLedger } from './ledger/dynamodb-ledger';
import type { Ledger } from './ledger/ledger';
import { functionMetrics } from './metrics';
import { patience } from './patience';
import type { CanaryColour, Ports } from './ports';
import { sendToRepair } from './repair';
import { publish, tally, tell } from './report';
import type { Batch } from './sources/source';
import { sqs as sqsSource } from './sources/sqs';

/** What a consumer needs of the invocation that it runs in. */
export type InvocationContext = Pick<Context, 'getRemainingTimeInMillis'>;

/** What `consumer` makes: a Lambda handler that still knows what it was made of, for tests and tools. */
export interface ConsumerHandler<Value = unknown, Environment = Variables, Result = unknown> {
  (event: unknown, context: InvocationContext): Promise<unknown>;
  readonly contract: ConsumerContract<Value>;
  readonly definition: ConsumerDefinition<Value, Environment, Result>;
}

/**
 * Makes a Lambda handler of a contract and the work for one message: reads and checks the message, remembers it by its business id, calls the work behind the breaker and within its time, and
 * sorts what came of it into done, repair, and put off.
 *
 * The environment is read when the function starts; elsewhere (in a test) at the first event.
 *
 * @throws MissingEnvironmentError
 */
export function consumer<Value, Required extends string, Optional extends string, Result>(
  contract: ConsumerContract<Value, Required, Optional>,
  definition: ConsumerDefinition<Value, EnvironmentOf<FunctionContract<Required, Optional>>, Result>,
): ConsumerHandler<Value, EnvironmentOf<FunctionContract<Required, Optional>>, Result> {
  checkDefinition(definition);
  const make = () => assemble(contract, definition as ConsumerDefinition<Value>, process.env);
  let assembled = process.env.AWS_LAMBDA_FUNCTION_NAME ? make() : undefined;
  const handler = (event: unknown, context: InvocationContext) => {
    assembled ??= make();
    return assembled(event, context);
  };
  return Object.assign(handler, { contract, definition });
}

/** Thrown for a definition that can't be right. */
export class ConsumerDefinitionError extends Error {
  override readonly name = 'ConsumerDefinitionError';
}

function checkDefinition({
  concurrency,
  idempotencyKeyLife: life,
}: Pick<ConsumerDefinition, 'concurrency' | 'idempotencyKeyLife'>): void {
  if (concurrency !== undefined && !(Number.isInteger(concurrency) && concurrency >= 1)) {
    throw new ConsumerDefinitionError(`concurrency is ${concurrency}; it takes a whole number of 1 or more`);
  }
  if (life !== undefined && !(life > 0)) {
    throw new ConsumerDefinitionError(`idempotencyKeyLife is ${life}; it takes seconds, more than 0`);
  }
}

/** Everything of a function that outlives one invocation. */
function assemble<Value>(
  contract: ConsumerContract<Value>,
  definition: ConsumerDefinition<Value>,
  variables: NodeJS.ProcessEnv,
) {
  const environment: Readonly<Record<string, string | undefined>> = readEnvironment(contract, variables);
  const text = (name: keyof typeof consumerEnvironment) => environment[name] as string;
  const number = (name: string, otherwise: number) => Number(environment[name] ?? otherwise);
  const logger = definition.logger ?? new Logger();
  const metrics = functionMetrics();
  const sqs = new SQSClient(patience());
  const tools = { sqs, queueUrl: text('QUEUE_URL'), maxReceiveCount: number('MAX_RECEIVE_COUNT', 5) };
  const sources = [sqsSource(tools), ...(definition.source ? [definition.source(tools)] : [])];
  const ledger = ledgerOf(contract, definition, environment);
  const ask = environment.CANARY_FUNCTION ? functionCanary(environment.CANARY_FUNCTION) : undefined;
  const guarded = contract.dependency
    ? protect(
        contract.dependency,
        (call: () => Promise<Outcome>) => call(),
        breakerView,
        environment,
        (message, detail) => logger.warn(message, detail),
      )
    : (call: () => Promise<Outcome>) => call();
  const settings = {
    policy: {
      backoff: { base: number('BACKOFF_BASE_SECONDS', 2), cap: number('BACKOFF_CAP_SECONDS', 300) },
      maxRounds: number('MAX_ROUNDS', 3),
      receivesPerRound: environment.RECEIVES_PER_ROUND ? Number(environment.RECEIVES_PER_ROUND) : undefined,
    },
    timeout: number('WORK_TIMEOUT_MS', 5000),
  };
  return async (event: unknown, context: InvocationContext): Promise<unknown> => {
    const batch = batchOf(event, sources);
    const remaining = () => context.getRemainingTimeInMillis();
    const ports: Ports = {
      ledger,
      environment,
      logger,
      remaining,
      protect: guarded,
      canary: oncePerInvocation(ask, remaining),
      sendToRepair: (message, note) => sendToRepair(sqs, text('REPAIR_QUEUE_URL'), message, note),
      retry: (message, seconds) => batch.retry(message, seconds),
      now: () => new Date(),
      random: Math.random,
      owner: () => randomUUID(),
    };
    const policy = { ...settings.policy, maxReceiveCount: batch.maxReceiveCount };
    const budget = remaining();
    const handling = new Handling(contract, definition, { ...settings, policy, budget }, ports, new Gate());
    const started = Date.now();
    const { handled, answer } = await handleBatch(batch, handling, (one) => tell(one, logger));
    publish(tally(handled, (Date.now() - started) / 1000), metrics);
    return answer;
  };
}

function batchOf(event: unknown, sources: readonly { read(event: unknown): Batch | undefined }[]): Batch {
  for (const source of sources) {
    const batch = source.read(event);
    if (batch) return batch;
  }
  throw new Error(
    'This event is of no source that the consumer knows: it takes those of SQS, and of what its definition names as `source`.',
  );
}

function ledgerOf<Value>(
  { name, scope }: ConsumerContract<Value>,
  { ledger }: ConsumerDefinition<Value>,
  { LEDGER_TABLE: tableName, LEDGER_DAYS: days = '400' }: Readonly<Record<string, string | undefined>>,
): Ledger | undefined {
  if (ledger === 'none') return undefined;
  if (ledger) return ledger;
  if (!tableName)
    throw new ConsumerDefinitionError(
      `${name}: LEDGER_TABLE is not set; name the ledger's table, or say ledger: 'none' in the definition`,
    );
  return new DynamoDbLedger(new DynamoDBClient(patience()), { tableName, scope: scope ?? name, days: Number(days) });
}

/** One verdict for all messages of a batch: they are handled at one moment. */
function oncePerInvocation(
  ask: ((limit: number) => Promise<boolean>) | undefined,
  remaining: () => number,
): () => Promise<CanaryColour> {
  let verdict: Promise<CanaryColour> | undefined;
  return () => {
    if (!ask) return Promise.resolve('none');
    verdict ??= ask(remaining()).then(
      (green) => (green ? 'green' : 'red'),
      () => 'red',
    );
    return verdict;
  };
}

/** What a circuit breaker has to know about a call: only silence and errors of the dependency are failures, a refusal is an answer. */
export const breakerView = {
  isFailure: ({ kind }: Outcome): boolean => kind === 'unavailable',
  whenOpen: (retryAfter: number): Outcome => ({
    kind: 'not-asked',
    detail: `the circuit breaker is open; again in ${retryAfter} s`,
    retryAfter,
  }),
};
