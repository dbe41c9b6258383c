import type { HeldMessages } from '../night/held-messages';
import { executionOf } from './parked';

/**
 * Deletes the parking messages of sagas that need nobody any more. The caller puts the others back. Called once for many sagas: each call receives every
 * message of the queue, and one that was received three times no longer counts for its age.
 *
 * @returns how many it deleted
 */
export async function clearSettled(
  held: HeldMessages,
  settled: (executionArn: string) => Promise<boolean>,
): Promise<number> {
  let cleared = 0;
  for (let messages = await held.receive(); messages.length > 0; messages = await held.receive()) {
    for (const message of messages) {
      const execution = executionOf(message.Body);
      if (execution === undefined || !(await settled(execution))) continue;
      await held.delete(message);
      cleared += 1;
    }
  }
  return cleared;
}
