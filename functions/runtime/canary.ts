import { type EnvironmentOf, type FunctionContract, readEnvironment } from './contract';
import { Internal } from './failures';

/**
 * What one canary said; `detail` is a sentence that says what came of it. `internal`: nobody was asked, because something of the canary's own side failed before. Every canary function
 * answers so.
 */
export interface CanaryAnswer {
  readonly green: boolean;
  readonly detail: string;
  readonly internal?: boolean | undefined;
}

/** @returns nothing for what is no canary's answer */
export function readAnswer(value: unknown): CanaryAnswer | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  const { green, detail, internal } = value as Record<string, unknown>;
  if (typeof green !== 'boolean' || typeof detail !== 'string') return undefined;
  return { green, detail, ...(internal === true && { internal }) };
}

/** What several canaries in a row said. */
export interface CanaryVerdict extends CanaryAnswer {
  /** Canaries sent; fewer than asked for once one failed. */
  readonly sent: number;
}

/** Asks again and again until one canary fails, which is a red verdict: a flaky system answers some. */
export async function consecutiveCanaries(count: number, ask: () => Promise<CanaryAnswer>): Promise<CanaryVerdict> {
  for (let sent = 1; sent <= count; sent += 1) {
    const { green, detail, internal } = await ask();
    if (internal) return { green: false, internal, sent: sent - 1, detail };
    if (!green) return { green, sent, detail: `canary ${sent} of ${count} failed: ${detail}` };
  }
  return { green: true, sent: count, detail: `${count} of ${count} canaries answered` };
}

/** What a canary is given. */
export interface CanaryContext<Contract> {
  readonly environment: EnvironmentOf<Contract>;
  /** Aborts when the canary counts as failed. */
  readonly signal: AbortSignal;
}

/** What a canary may answer: whether the dependency works, in a word, a sentence, or an HTTP response. */
export type CanaryResult = boolean | CanaryAnswer | { readonly ok: boolean; readonly status: number };

/** Makes a Lambda handler that says whether a dependency works. A throw, and no answer in CANARY_TIMEOUT_MS, is red; a thrown `Internal` says as well that nobody was asked. */
export function canary<Contract extends FunctionContract>(
  contract: Contract,
  ask: (context: CanaryContext<Contract>) => Promise<CanaryResult> | CanaryResult,
): () => Promise<CanaryAnswer> {
  const make = () => readEnvironment(contract) as EnvironmentOf<Contract>;
  let environment = process.env.AWS_LAMBDA_FUNCTION_NAME ? make() : undefined;
  return async () => {
    environment ??= make();
    const timeout = Number((environment as Readonly<Record<string, string | undefined>>).CANARY_TIMEOUT_MS ?? 5000);
    const signal = AbortSignal.timeout(timeout);
    const given = { environment, signal };
    const over = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error(`no answer in ${timeout} ms`)), { once: true });
    });
    try {
      return answerOf(await Promise.race([over, (async () => ask(given))()]));
    } catch (error) {
      return { green: false, detail: (error as Error).message, ...(error instanceof Internal && { internal: true }) };
    }
  };
}

function answerOf(result: CanaryResult): CanaryAnswer {
  if (typeof result === 'boolean') return { green: result, detail: result ? 'it works' : 'it does not work' };
  if ('green' in result) return result;
  return { green: result.ok, detail: `answered ${result.status}` };
}
