import { Logger } from '@aws-lambda-powertools/logger';
import * as z from 'zod/mini';
import { type Order, order } from '../domain/order';

/** What the state machine hands to a step: its own name, the order, and the results of the tasks before. */
const stepEvent = z.object({ saga: z.string(), input: order, results: z.record(z.string(), z.unknown()) });

export type Results = Readonly<Record<string, unknown>>;
export type StepResult = Readonly<Record<string, unknown>>;

/**
 * The most that a step may hand back: bytes of its result as JSON, characters of an error's message. Step Functions ends an execution in which anything grows over 256 KiB with
 * `States.DataLimitExceeded`, which no catcher catches and no compensation follows (Step Functions guide, "Handling errors"). The document of a saga of eight
 * tasks stays below half of that: the order at most 32 KiB, eight results, two causes of 1,000 characters.
 */
const RESULT_BYTES = 8192;
const MESSAGE_CHARACTERS = 1000;

/** The same error for the state machine, with a message of a size that it can carry: a dependency may have written a book into it. */
function carried(error: Error): Error {
  if (error.message.length <= MESSAGE_CHARACTERS) return error;
  const shorter = new Error(`${error.message.slice(0, MESSAGE_CHARACTERS)} …`);
  shorter.name = error.name;
  return shorter;
}

/**
 * A step as a Lambda handler: reads the event, does the step, says what came of it. Effects are keyed by the order's id and never by the execution's
 * name, so that a second execution for the same order can do no harm.
 */
export function stepHandler(step: (order: Order, results: Results) => Promise<StepResult>) {
  const logger = new Logger();
  return async (event: unknown): Promise<StepResult> => {
    const { saga, input: said } = (event ?? {}) as { saga?: unknown; input?: { orderId?: unknown } };
    const about = { saga, orderId: said?.orderId };
    try {
      const { input, results } = z.parse(stepEvent, event);
      const result = await step(input, results);
      const bytes = Buffer.byteLength(JSON.stringify(result));
      // As for any other error nobody knows what was done: it is tried again, then taken back.
      if (bytes > RESULT_BYTES) throw new Error(`the result has ${bytes} bytes; at most ${RESULT_BYTES} are carried`);
      logger.info('done', { ...about, ...result });
      return result;
    } catch (error) {
      logger.warn('not done', { ...about, error: error as Error });
      throw carried(error as Error);
    }
  };
}

/** A field of an earlier result, if it is there. */
export function resultOf(results: Results, task: string, field: string): unknown {
  return (results[task] as Record<string, unknown> | null | undefined)?.[field];
}
