import { createHash } from 'node:crypto';
import type { Message } from '../../runtime/message';
import { unannotate } from '../../runtime/note';
import type { QueueSettings } from '../contract';
import { type Cause, REASONS, type Reason, type WholeLetter } from './letter';
import { isSensitive, MASK } from './masking';
import { businessIdOf } from './queue-settings';

/** Name of the sender's attribute that says what made the message. */
export const PRODUCER_ATTRIBUTE = 'ProducerVersion';

/** Characters of a cause's parts: they are shown in a line. */
const MOST = 160;

const digest = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24);

/** What is only this message's, taken out of a sentence: values in quotes, ids, numbers. Bounded first, so that a long text costs no more than a short one. */
export const errorClassOf = (detail: string): string =>
  detail
    .slice(0, 1000)
    .replace(/"(?:[^"\\]|\\.)*"?/g, '"…"')
    .replace(/\b[0-9a-f]{8}-[0-9a-f-]{27}\b/gi, '#')
    .replace(/\S*\d\S*/g, '#')
    .slice(0, MOST);

/** A place in a message, the same for each item of a list. */
const placeOf = (path: string | undefined): string | undefined =>
  path
    ?.split('.')
    .map((step) => (/^\d+$/.test(step) ? '*' : step))
    .join('.')
    .slice(0, MOST) || undefined;

/** What AWS says of a message that it could not deliver, by who says it. Sources: SNS guide, "Dead-letter queues"; Lambda guide, "Asynchronous invocation"; EventBridge guide, "Using dead-letter queues". */
const SAYING = [
  ['ERROR_CODE', 'ERROR_MESSAGE'],
  ['ErrorCode', 'ErrorMessage'],
] as const;

function undelivered(attributes: Message['attributes']): string | undefined {
  for (const [code, message] of SAYING) {
    if (attributes[code]) return `${attributes[code].value}: ${attributes[message]?.value ?? 'no message'}`;
  }
  return undefined;
}

/** The group of a cause. */
export const groupOf = ({ queue, reason, errorClass, path = '', producer = '' }: Cause): string =>
  digest(queue, reason, errorClass, path, producer);

/** The letter of a message: the same for every delivery of it, so that one which comes twice is kept once. */
export const letterId = (queue: string, messageId: string): string => digest(queue, messageId);

/** What the desk keeps of a message from a queue of dead letters. @param settings what is known of its queue, if anything */
export function letterOf(message: Message, settings: QueueSettings | undefined, now: Date): WholeLetter {
  const { attributes, note } = unannotate(message.attributes);
  const service = note ? undefined : undelivered(attributes);
  const known = REASONS.find((reason) => reason === note?.reason);
  const reason: Reason = known ?? (service === undefined ? 'exhausted' : 'undelivered');
  const detail = note?.detail ?? service ?? 'its queue gave it up after too many receives';
  const cause: Cause = {
    queue: message.source,
    reason,
    // What may be quoted there must not become the name of a group.
    errorClass: note?.path && isSensitive(note.path, settings?.sensitive ?? []) ? MASK : errorClassOf(detail),
    path: placeOf(note?.path),
    producer: settings?.sensitiveAttributes?.includes(PRODUCER_ATTRIBUTE)
      ? undefined
      : attributes[PRODUCER_ATTRIBUTE]?.value.slice(0, MOST),
  };
  return {
    id: letterId(message.source, message.id),
    cause,
    group: groupOf(cause),
    status: 'open',
    version: 1,
    revision: 1,
    messageId: message.id,
    originId: note?.messageId ?? message.id,
    businessId: note?.id ?? businessIdOf(message.body, settings),
    detail: detail.slice(0, 500),
    sentAt: note?.sentAt ?? message.sentAt.toISOString(),
    keptAt: now.toISOString(),
    bytes: Buffer.byteLength(message.body),
    fifoGroup: message.group,
    encoding: note?.piece ? `piece ${note.piece}` : note?.encoding,
    changed: { by: 'desk', at: now.toISOString(), what: 'kept' },
    content: { body: message.body, attributes },
  };
}
