/** Characters of any text from outside that is kept: a dependency may answer with a page of HTML, and neither the ledger nor a message has room for it. */
export const MAXIMUM_DETAIL = 500;

/** A text from outside as it can be kept: cut, and said so. */
export const shorten = (text: string, most = MAXIMUM_DETAIL): string =>
  text.length <= most ? text : `${text.slice(0, most - 1)}…`;

/**
 * Thrown by `work`: this very message can't be handled, now or later. It goes to repair at once, with the reason, unless the canary is refused as well: then it is an outage.
 */
export class Refused extends Error {
  override readonly name = 'Refused';
  /** Where in the message, for example `items.0.size`. */
  readonly path: string | undefined;

  constructor(reason: string, options: ErrorOptions & { readonly path?: string } = {}) {
    super(shorten(reason), options);
    this.path = options.path;
  }
}

/** Thrown by `work`: a dependency gave no usable answer. The message is put off with backoff, and parked by its queue when it was received too often. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
  /** Seconds; the message isn't tried again before. At most 43,200. */
  readonly retryAfter: number | undefined;
  /** The dependency certainly did nothing: its idempotency key hasn't been used. Default false: nobody knows. */
  readonly notAsked: boolean;

  constructor(
    reason: string,
    options: ErrorOptions & { readonly retryAfter?: number; readonly notAsked?: boolean } = {},
  ) {
    super(shorten(reason), options);
    this.retryAfter = options.retryAfter;
    this.notAsked = options.notAsked ?? false;
  }
}

/** Thrown by `work`: the function's own side failed (a secret, a permission, a table). Put off like an outage, but it rings, and no breaker counts it. */
export class Internal extends Error {
  override readonly name = 'Internal';

  constructor(reason: string, options?: ErrorOptions) {
    super(shorten(reason), options);
  }
}

export type Failure = Refused | Unavailable | Internal;

export const isFailure = (error: unknown): error is Failure =>
  error instanceof Refused || error instanceof Unavailable || error instanceof Internal;

/** Codes of an error and of what caused it, outermost first. */
function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  for (let inner = error, depth = 0; inner instanceof Error && depth < 5; inner = inner.cause, depth += 1) {
    const { code } = inner as Error & { code?: unknown };
    if (typeof code === 'string') codes.push(code);
    if (inner instanceof AggregateError) codes.push(...inner.errors.flatMap(codesOf));
  }
  return codes;
}

const RESET = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'];
/** No connection was made, so nobody can have been asked. */
const UNREACHED = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'];

/**
 * True for a connection that broke, as against one that timed out. A sandbox that was frozen takes up its idle connections again, and the other side may have closed them
 * long ago: such a call is asked once more at once, under the same key.
 */
export const isConnectionReset = (error: unknown): boolean => codesOf(error).some((code) => RESET.includes(code));

/** Sorts what `work` threw and nobody sorted: as no answer, because nothing else is known of it. */
export function sortUnknown(error: unknown): Failure {
  if (isFailure(error)) return error;
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  if (name === 'TimeoutError' || name === 'AbortError')
    return new Unavailable(message || 'no answer in time', { cause: error });
  const [code] = codesOf(error);
  const notAsked = code !== undefined && UNREACHED.includes(code);
  return new Unavailable(code ? `${message} (${code})` : message, { cause: error, notAsked });
}

/** The parts of a `fetch` response that sorting reads. */
export interface Answer {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

/**
 * Statuses with which a server refuses this very request. 401, 403, 404 and 405 are about who asks and where, and befall every message; 409 is often an earlier call under the same key that
 * is still under way: all of them are an outage.
 */
const REFUSALS = new Set([400, 413, 414, 415, 422]);

/** Seconds that `Retry-After` asks for, which is a number or a date. Source: RFC 9110, 10.2.3. */
export function retryAfterOf(answer: Pick<Answer, 'headers'>, now = Date.now()): number | undefined {
  const value = answer.headers.get('retry-after')?.trim();
  if (!value) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : Math.ceil((Date.parse(value) - now) / 1000);
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}

/** An answer that no message can be blamed for: put off, for as long as `Retry-After` asks. */
export const unavailable = (answer: Pick<Answer, 'status' | 'headers'>, detail = ''): Unavailable => {
  const retryAfter = retryAfterOf(answer);
  return new Unavailable(`answered ${answer.status}${detail && `: ${detail}`}`, {
    ...(retryAfter !== undefined && { retryAfter }),
  });
};

/**
 * Lets an answer pass that is a success, and sorts any other by its status: 400, 413, 414, 415 and 422 refuse the message; everything else is an outage.
 *
 * @throws Refused or Unavailable
 */
export async function expectOk<A extends Answer>(answer: A): Promise<A> {
  if (answer.ok) return answer;
  const detail = shorten((await answer.text().catch(() => '')).trim());
  if (REFUSALS.has(answer.status)) throw new Refused(`answered ${answer.status}${detail && `: ${detail}`}`);
  throw unavailable(answer, detail);
}

/** Names of AWS errors that say that the request itself is wrong. Whatever is wrong with it, the function made it of the message. */
const AWS_REFUSALS =
  /^(Validation(Exception|Error)|InvalidParameter(Value|Combination)?(Exception)?|ParamValidationError|SerializationException)$/;
const AWS_INTERNAL =
  /AccessDenied|Unauthorized|UnrecognizedClient|ExpiredToken|InvalidClientTokenId|ResourceNotFound|NonExistent|NotAuthorized|KMS/;

/** For `sort`: sorts errors of AWS SDK clients; leaves everything else. Throttling, 5xx and time-outs are outages, missing permissions and resources internal. */
export function sortAwsError(error: unknown): Failure | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const { name, message } = error;
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;
  if (AWS_INTERNAL.test(name)) return new Internal(`${name}: ${message}`, { cause: error });
  if (AWS_REFUSALS.test(name)) return new Refused(`${name}: ${message}`, { cause: error });
  return new Unavailable(`${name}${status ? ` (${status})` : ''}: ${message}`, { cause: error });
}
