import type { Handled } from './handle';
import type { Message } from './message';

export interface Handlers {
  handle(message: Message): Promise<Handled>;
  /** @param seconds that the one before it in its group was put off by */
  behind(message: Message, seconds: number): Promise<Handled>;
  /** Told of each message as soon as it is handled. */
  note(handled: Handled): void;
}

/**
 * Handles a batch so that one failed message fails alone. Unordered messages are handled at once; ordered ones one after another within their group, and after one that comes back the rest
 * of its group comes back too, or it would overtake.
 *
 * @param concurrency messages, or groups, at once
 */
export async function runBatch(
  messages: readonly Message[],
  ordered: boolean,
  concurrency: number,
  { handle, behind, note }: Handlers,
): Promise<Handled[]> {
  const lines = ordered ? groupsOf(messages) : messages.map((message) => [message]);
  const all: Handled[] = [];
  const next = lines.values();
  const run = async (): Promise<void> => {
    for (const line of next) {
      let seconds: number | undefined;
      for (const message of line) {
        const handled = seconds === undefined ? await handle(message) : await behind(message, seconds);
        note(handled);
        all.push(handled);
        if (seconds === undefined && handled.action.kind === 'retry') seconds = handled.action.seconds;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, lines.length) }, run));
  return all;
}

function groupsOf(messages: readonly Message[]): Message[][] {
  const groups = new Map<string, Message[]>();
  for (const message of messages) {
    const name = message.group ?? '';
    const group = groups.get(name);
    if (group) group.push(message);
    else groups.set(name, [message]);
  }
  return [...groups.values()];
}
