import type { Message } from '../../runtime/message';
import { noteReturn, type OutcomePorts } from './outcome';
import { letterOf } from './take';

/** Takes a dead letter into the store: once, however often it is delivered. What was sent as it is noted as come back. Whoever calls it deletes the message after it, never before. */
export async function keep(
  message: Message,
  ports: Pick<OutcomePorts, 'store' | 'now' | 'expiry'>,
): Promise<{ readonly id: string; readonly isNew: boolean }> {
  const settings = (await ports.store.settings()).find(({ queue }) => queue === message.source);
  const letter = letterOf(message, settings, ports.now());
  const isNew = await ports.store.keep(letter);
  await noteReturn(letter, ports);
  return { id: letter.id, isNew };
}
