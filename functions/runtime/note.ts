import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import type { RepairReason } from './decide';
import { shorten } from './failures';
import type { Message, MessageAttribute } from './message';

/** The one attribute that a message gets on its way to repair. */
export const NOTE = 'Spillway.Note';

/** Why a message needs a person, as it travels with the message: JSON in the attribute `Spillway.Note`. */
export interface RepairNote {
  readonly reason: RepairReason;
  /** A sentence for whoever mends it. */
  readonly detail: string;
  /** Where in the message, for example `items.0.size`. */
  readonly path?: string | undefined;
  /** The business id, if the message has one that can be read. */
  readonly id?: string | undefined;
  /** Name of the consumer that sent it here. */
  readonly consumer: string;
  /** ISO 8601, UTC: when this message was sent to the queue that the consumer had it from. */
  readonly sentAt: string;
  /** Id of the message that it was. */
  readonly messageId: string;
  /** How the body is written, where it isn't the text itself: a broker and a stream carry any bytes. */
  readonly encoding?: 'base64' | 'empty' | undefined;
  /** `2 of 3`: a part of a body that was too large for one message. */
  readonly piece?: string | undefined;
  /** Attributes of the sender's for which there was no room beside the note; they get it back when the message is sent again. */
  readonly packed?: Readonly<Record<string, MessageAttribute>> | undefined;
}

/** A message may have 10 attributes. Source: SQS guide, "Amazon SQS message metadata". */
const MAXIMUM_ATTRIBUTES = 10;
/** Source: SQS guide, "Message quotas": body and attributes, their names and types, together. */
export const MAXIMUM_BYTES = 1_048_576;

/** What SQS doesn't take, in a body or a value. Source: SQS API, SendMessage: the characters of XML 1.0. */
export const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

const clean = (text: string) => shorten(text).replace(FORBIDDEN, '\u{FFFD}');

/** The body and attributes of a message on its way to repair. Nothing of the sender's is lost; a note for which a huge message has no room is left out, and stands in the log alone. */
export function annotate(message: Pick<Message, 'body' | 'attributes'>, note: RepairNote) {
  const own = Object.entries(message.attributes).filter(([name]) => name !== NOTE);
  const kept = own.slice(0, own.length < MAXIMUM_ATTRIBUTES ? own.length : MAXIMUM_ATTRIBUTES - 1);
  const packed = Object.fromEntries(own.slice(kept.length));
  const text = JSON.stringify({
    ...note,
    detail: clean(note.detail),
    path: note.path && clean(note.path),
    id: note.id && clean(note.id),
    ...(Object.keys(packed).length > 0 && { packed }),
  });
  const room = MAXIMUM_BYTES - size(message.body, Object.fromEntries(kept));
  if (Object.keys(packed).length === 0 && NOTE.length + 'String'.length + Buffer.byteLength(text) > room) {
    return { body: message.body, attributes: message.attributes };
  }
  return { body: message.body, attributes: { ...Object.fromEntries(kept), [NOTE]: { type: 'String', value: text } } };
}

/** Takes the note off again: the message as its sender made it, and the note. */
export function unannotate(attributes: Readonly<Record<string, MessageAttribute>>): {
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  readonly note: RepairNote | undefined;
} {
  const { [NOTE]: written, ...own } = attributes;
  const note = written && parseNote(written.value);
  return { attributes: { ...own, ...note?.packed }, note };
}

/** Marks a message that a person sends again from repair, so that the consumer starts it again with nothing counted against it. @param name of this sending; every one has its own */
export const markSentAgain = (
  attributes: Readonly<Record<string, MessageAttribute>>,
  name: string,
): Readonly<Record<string, MessageAttribute>> => ({
  ...unannotate(attributes).attributes,
  [NOTE]: { type: 'String', value: JSON.stringify({ sentAgain: name }) },
});

/** Which sending again a message comes from, if any. */
export function sentAgainOf(attributes: Readonly<Record<string, MessageAttribute>>): string | undefined {
  const note = attributes[NOTE];
  if (!note) return undefined;
  try {
    const { sentAgain } = JSON.parse(note.value) as { sentAgain?: unknown };
    return typeof sentAgain === 'string' ? sentAgain : undefined;
  } catch {
    return undefined;
  }
}

function parseNote(text: string): RepairNote | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' && 'reason' in value ? (value as RepairNote) : undefined;
  } catch {
    return undefined;
  }
}

/** Bytes of a message as SQS counts them. */
export function size(body: string, attributes: Readonly<Record<string, MessageAttribute>>): number {
  return Object.entries(attributes).reduce(
    (sum, [name, { type, value }]) =>
      sum +
      Buffer.byteLength(name) +
      Buffer.byteLength(type) +
      (type.startsWith('Binary') ? Buffer.byteLength(value, 'base64') : Buffer.byteLength(value)),
    Buffer.byteLength(body),
  );
}

/** Attributes as SQS's API takes them. */
export const toSqs = (attributes: Readonly<Record<string, MessageAttribute>>): Record<string, MessageAttributeValue> =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, { type, value }]) => [
      name,
      type.startsWith('Binary')
        ? { DataType: type, BinaryValue: Buffer.from(value, 'base64') }
        : { DataType: type, StringValue: value },
    ]),
  );
