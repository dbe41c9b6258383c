import { Logger } from '@aws-lambda-powertools/logger';
import * as z from 'zod/mini';
import { type Order, order } from '../domain/order';

/** What the state machine hands to a step: its own name, the order, and the results of the tasks before. */
const stepEvent = z.object({ saga: z.string(), input: order, results: z.record(z.string(), z.unknown()) });

export type Results = Readonly<Record<string, unknown>>;
export type StepResult = Readonly<Record<string, unknown>>;

/**
 * A step as a Lambda handler: reads the event, does the step, says what came of it. Effects are keyed by the order's id and never by the execution's
 * name, so that a second execution for the same order can do no harm.
 */
export function stepHandler(step: (order: Order, results: Results) => Promise<StepResult>) {
  const logger = new Logger();
  return async (event: unknown): Promise<StepResult> => {
    const { saga, input, results } = z.parse(stepEvent, event);
    try {
      const result = await step(input, results);
      logger.info('done', { saga, orderId: input.orderId, ...result });
      return result;
    } catch (error) {
      logger.warn('not done', { saga, orderId: input.orderId, error: error as Error });
      throw error;
    }
  };
}

/** A field of an earlier result, if it is there. */
export function resultOf(results: Results, task: string, field: string): unknown {
  return (results[task] as Record<string, unknown> | null | undefined)?.[field];
}
