import type { Message } from '../message';
import { handOver } from './hand-over';
import type { Batch, SourceTools } from './source';
import { isFifo } from './sqs';

/** Thrown to a source that knows no partial batch when messages could be neither handled nor handed over: it delivers the batch again. */
export class NotHandedOverError extends Error {
  override readonly name = 'NotHandedOverError';

  constructor(lost: readonly Message[], count: number) {
    super(`${lost.length} of ${count} messages could be neither handled nor handed over, the first is ${lost[0]?.id}`);
  }
}

/** How a source differs from others that can't hold back a single message. */
export interface GoingOn {
  /** Messages of one group keep their order. */
  readonly ordered: boolean;
  /** The handler's answer, where messages could not even be handed over. @throws NotHandedOverError where the source knows no other way; also the default */
  readonly answer?: (lost: readonly Message[]) => unknown;
}

/**
 * A batch of a source that can't hold back a single message, as a stream and a broker can't: what isn't finished with goes on to the main queue, as a whole, and is put off, parked and repaired from there.
 * So one poison record takes no other along.
 *
 * An ordered source with a FIFO queue has every message go on before it is begun, its key as its group: what comes later never overtakes what waits there. With a standard queue a message is begun at once;
 * those of its key that stand behind it in the batch follow it into the queue, and those of later batches may overtake it.
 */
export function goingOn(
  messages: readonly Message[],
  { sqs, queueUrl }: Pick<SourceTools, 'sqs' | 'queueUrl'>,
  { ordered, answer }: GoingOn,
): Batch {
  const stuck = new Set<string | undefined>();
  return {
    messages,
    ordered,
    goesOnFirst: ordered && isFifo(queueUrl),
    maxReceiveCount: Number.POSITIVE_INFINITY,
    async retry(message, seconds) {
      // What couldn't be handed over comes again from the source: nothing of its group may be in the queue before it.
      if (ordered && stuck.has(message.group)) throw new Error('one before it in its group could not be handed over');
      try {
        await handOver(sqs, queueUrl, message, seconds);
      } catch (error) {
        stuck.add(message.group);
        throw error;
      }
    },
    respond(_, lost) {
      if (answer) return answer(lost);
      if (lost.length > 0) throw new NotHandedOverError(lost, messages.length);
      return undefined;
    },
  };
}
