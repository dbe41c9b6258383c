import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Message } from './message';
import { annotate, FORBIDDEN, type RepairNote, toSqs } from './note';
import { fifoName } from './sources/hand-over';
import { isFifo } from './sources/sqs';

/**
 * Bytes that go into one message when they are written as base64: three for four characters, within SQS's 1 MiB, and 16 KiB left for the note. A multiple of three,
 * so that only the last piece is padded and all of them, one after the other, are the base64 of the whole.
 */
const PIECE_BYTES = 774_144;
const MAXIMUM_TEXT_BYTES = (PIECE_BYTES / 3) * 4;

interface Piece {
  readonly body: string;
  readonly note?: Pick<RepairNote, 'encoding' | 'piece'>;
}

/** A body as SQS takes it, so that nothing of it is lost: text as it is; anything else as base64, in as many pieces as it takes. A broker and a stream carry what SQS doesn't. */
export function pieces({ body, bytes }: Pick<Message, 'body' | 'bytes'>): Piece[] {
  // What SQS itself delivered it takes again.
  if (bytes === undefined) return [{ body }];
  if (bytes.length === 0) return [{ body: '(empty)', note: { encoding: 'empty' } }];
  const sendable =
    bytes.length <= MAXIMUM_TEXT_BYTES && body.search(FORBIDDEN) < 0 && Buffer.from(body).equals(Buffer.from(bytes));
  if (sendable) return [{ body }];
  const count = Math.ceil(bytes.length / PIECE_BYTES);
  return Array.from({ length: count }, (_, index) => ({
    body: Buffer.from(bytes.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES)).toString('base64'),
    note: { encoding: 'base64' as const, ...(count > 1 && { piece: `${index + 1} of ${count}` }) },
  }));
}

/** Sends a message to the repair tier, with the reason as its note. */
export async function sendToRepair(
  sqs: SQSClient,
  queueUrl: string,
  message: Message,
  note: RepairNote,
): Promise<void> {
  for (const [index, piece] of pieces(message).entries()) {
    const { body, attributes } = annotate(
      { body: piece.body, attributes: message.attributes },
      { ...note, ...piece.note },
    );
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: body,
        MessageAttributes: toSqs(attributes),
        // A repeated hand-over must not arrive twice; a standard queue takes no deduplication id.
        ...(isFifo(queueUrl) && {
          MessageGroupId: fifoName(message.group ?? message.id),
          MessageDeduplicationId: fifoName(`${message.id}-${index}`),
        }),
      }),
    );
  }
}
