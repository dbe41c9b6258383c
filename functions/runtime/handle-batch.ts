import type { Handled, Handling } from './handle';
import type { Message } from './message';
import { runBatch } from './run-batch';
import type { Batch } from './sources/source';

/** Handles what a source has handed over. @returns what became of each message, and the answer to the source @throws where the source knows no other way to have the batch again */
export async function handleBatch<Value>(
  batch: Batch,
  handling: Handling<Value>,
  note: (handled: Handled) => void,
): Promise<{ readonly handled: readonly Handled[]; readonly answer: unknown }> {
  const concurrency = handling.definition.concurrency ?? Number.POSITIVE_INFINITY;
  const handled = await runBatch(batch.messages, batch.ordered, concurrency, {
    handle: (message) => (batch.goesOnFirst ? handling.goOn(message) : handling.handle(message)),
    behind: (message, seconds) => handling.behind(message, seconds),
    note,
  });
  const messages = (holds: (one: Handled) => unknown): Message[] => handled.filter(holds).map(({ message }) => message);
  const back = messages(({ action }) => action.kind === 'retry');
  const lost = messages(({ lost }) => lost);
  return { handled, answer: batch.respond(back, lost) };
}
