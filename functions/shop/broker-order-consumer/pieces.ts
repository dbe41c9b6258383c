import type { SQSRecord } from 'aws-lambda';
import { FORBIDDEN } from '../order-consumer/repair';
import type { BrokerMessage } from './messages';

/**
 * Bytes that go into one message when they are written as base64: three for four characters, within SQS's 1 MiB, and 16 KiB left for the note. A multiple of three,
 * so that only the last piece is padded and all of them, one after the other, are the base64 of the whole.
 */
const PIECE_BYTES = 774_144;
const MAXIMUM_TEXT_BYTES = (PIECE_BYTES / 3) * 4;

/** True for what SQS takes as it is. */
function isSendable({ record, bytes }: BrokerMessage): boolean {
  return (
    bytes.length > 0 &&
    bytes.length <= MAXIMUM_TEXT_BYTES &&
    record.body.search(FORBIDDEN) < 0 &&
    Buffer.from(record.body).equals(bytes)
  );
}

/**
 * A message as records that SQS takes, so that nothing of it is lost: text as it is; anything else as base64, in as many pieces as it takes, with `Spillway.Encoding` and
 * `Spillway.Piece` saying so. A broker takes what SQS doesn't: binary, NUL, nothing at all, and more than 1 MiB.
 */
export function pieces(message: BrokerMessage): SQSRecord[] {
  const { record, bytes } = message;
  if (isSendable(message)) return [record];
  const noted = (body: string, attributes: Record<string, string>): SQSRecord => ({
    ...record,
    body,
    messageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, stringValue]) => [name, { dataType: 'String', stringValue }]),
    ),
  });
  if (bytes.length === 0) return [noted('(empty)', { 'Spillway.Encoding': 'empty' })];
  const count = Math.ceil(bytes.length / PIECE_BYTES);
  return Array.from({ length: count }, (_, index) =>
    noted(bytes.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES).toString('base64'), {
      'Spillway.Encoding': 'base64',
      ...(count > 1 && { 'Spillway.Piece': `${index + 1} of ${count}` }),
    }),
  );
}

/** An order's text without the characters that SQS refuses: in JSON they can stand inside of a string only, and there an escape says the same. */
export function escaped(json: string): string {
  return json.replace(FORBIDDEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
