import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { resend } from '../../runtime/resend';

export const REPAIR_REASONS = ['malformed', 'rejected', 'poison', 'conflict'] as const;

/** Why a message needs a person, as it travels with the message. */
export interface RepairNote {
  readonly reason: (typeof REPAIR_REASONS)[number];
  /** A sentence for whoever mends it. */
  readonly detail: string;
  /** Where in the body, for example `items.0.size`. */
  readonly path?: string;
  readonly orderId?: string;
  /** ISO 8601, UTC. */
  readonly firstSeen: string;
}

/** SQS counts names, types and values of attributes into the message's size: a long detail must not make a large message unsendable. */
const MAXIMUM_DETAIL = 500;

/** What SQS doesn't take, in a body or a value. Source: SQS API, SendMessage: the characters of XML 1.0. */
export const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

const text = (value: string): MessageAttributeValue => ({
  DataType: 'String',
  StringValue: value.slice(0, MAXIMUM_DETAIL).replace(FORBIDDEN, '\u{FFFD}') || 'none',
});

/** The message as repair gets it, with the note as `Spillway.*`. */
export function repairMessage(record: SQSRecord, note: RepairNote) {
  return resend(record, {
    'Spillway.Reason': text(note.reason),
    'Spillway.Detail': text(note.detail),
    'Spillway.FirstSeen': text(note.firstSeen),
    'Spillway.SourceMessageId': text(record.messageId),
    ...(note.path && { 'Spillway.Path': text(note.path) }),
    ...(note.orderId && { 'Spillway.OrderId': text(note.orderId) }),
  });
}
