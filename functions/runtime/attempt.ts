import type { Outcome } from './decide';
import type { ConsumerDefinition, WorkContext } from './definition';
import { isConnectionReset, shorten, sortUnknown } from './failures';
import type { Message } from './message';
import { type Ports, RESERVE_MS, type Settings } from './ports';

/** Seconds by which a key counts as forgotten too early. */
const KEY_LIFE_MARGIN = 60;

/** What an attempt is made with. */
export interface Attempting<Value> {
  readonly definition: ConsumerDefinition<Value>;
  readonly settings: Settings;
  readonly ports: Ports;
}

/** Asks the dependency; whatever is thrown is sorted. A refusal counts only if the canary isn't refused as well. */
export async function attempt<Value>(
  message: Message,
  { value, id }: { readonly value: Value; readonly id: string },
  askedAt: Date | undefined,
  kept: { result?: unknown },
  attempting: Attempting<Value>,
): Promise<Outcome> {
  const { definition, settings, ports } = attempting;
  const limit = Math.max(1, Math.min(settings.timeout, ports.remaining() - RESERVE_MS));
  const { over, stop, signal, isOver } = timeLimit(limit);
  const context: WorkContext = {
    environment: ports.environment,
    idempotencyKey: id,
    get signal() {
      return signal();
    },
    attempt: message.receiveCount,
    sentAt: message.sentAt,
    logger: ports.logger,
  };
  const limited = <T>(work: () => Promise<T> | T): Promise<T> => Promise.race([over, (async () => work())()]);
  try {
    if (keyIsForgotten(askedAt, attempting)) {
      if (!definition.lookup) {
        const detail = `It was asked for on ${askedAt?.toISOString()}, nobody knows what came of it, and the dependency has forgotten the key by now. Look it up there before it is sent again.`;
        return { kind: 'forgotten', detail };
      }
      const { lookup } = definition;
      const found = await limited(() => lookup(value, context));
      if (found !== undefined) {
        kept.result = found;
        return { kind: 'done', detail: 'an earlier call had done it' };
      }
    }
    const work = () => limited(() => definition.work(value, context));
    kept.result = await work().catch((error: unknown) => {
      if (!isConnectionReset(error) || isOver()) throw error;
      return work();
    });
    return { kind: 'done' };
  } catch (error) {
    return sort(error, attempting);
  } finally {
    stop();
  }
}

async function sort<Value>(error: unknown, { definition, ports }: Attempting<Value>): Promise<Outcome> {
  const failure = definition.sort?.(error) ?? sortUnknown(error);
  const detail = shorten(failure.message);
  switch (failure.name) {
    case 'Internal':
      return { kind: 'internal', detail };
    case 'Unavailable':
      return { kind: 'unavailable', detail, retryAfter: failure.retryAfter, notAsked: failure.notAsked };
    case 'Refused':
      // What refuses everybody has a fault of its own: an expired key, a broken release.
      return (await ports.canary()) === 'red'
        ? { kind: 'unavailable', detail: shorten(`refused, and so is the canary: ${detail}`) }
        : { kind: 'refused', detail, path: failure.path };
  }
}

function keyIsForgotten<Value>(askedAt: Date | undefined, { definition, settings, ports }: Attempting<Value>): boolean {
  const { idempotencyKeyLife: life } = definition;
  if (life === undefined || askedAt === undefined) return false;
  return (ports.now().getTime() - askedAt.getTime() + settings.timeout) / 1000 + KEY_LIFE_MARGIN > life;
}

/** A promise that is rejected when the time is over: not everything that is waited for listens to a signal. The signal itself is made when the work asks for it. */
function timeLimit(milliseconds: number) {
  let controller: AbortController | undefined;
  let error: DOMException | undefined;
  let stop: () => void = () => {};
  const over = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => {
      error = new DOMException(`no answer in ${milliseconds} ms`, 'TimeoutError');
      controller?.abort(error);
      reject(error);
    }, milliseconds);
    stop = () => clearTimeout(timer);
  });
  over.catch(() => {});
  const signal = (): AbortSignal => {
    controller ??= new AbortController();
    if (error) controller.abort(error);
    return controller.signal;
  };
  return { over, stop, signal, isOver: () => error !== undefined };
}
