import type { QueueSettings } from '../../../functions/desk/contract';
import type { WholeLetter } from '../../../functions/desk/core/letter';
import { letterOf } from '../../../functions/desk/core/take';
import type { Message } from '../../../functions/runtime/message';
import { NOTE, type RepairNote } from '../../../functions/runtime/note';

export const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:invoices-repair';
export const SETTINGS: QueueSettings = {
  queue: QUEUE,
  sendTo: 'http://127.0.0.1:4566/000000000000/invoices',
  idPath: 'invoice',
  schema: {
    type: 'object',
    required: ['invoice', 'amount'],
    properties: { invoice: { type: 'string' }, amount: { type: 'number', minimum: 0 } },
  },
};

export const NOW = new Date('2030-01-31T12:00:00.000Z');

/** A message in the repair tier, as a consumer of the kit sends it there. */
export function inRepair(
  id: string,
  {
    body = `{"invoice":"${id}","amount":-1}`,
    note = {},
    group,
  }: { body?: string; note?: Partial<RepairNote>; group?: string } = {},
): Message {
  const whole: RepairNote = {
    reason: 'malformed',
    detail: `amount is -1: too small`,
    path: 'amount',
    id,
    consumer: 'invoices',
    sentAt: '2030-01-31T10:00:00.000Z',
    messageId: `main-${id}`,
    ...note,
  };
  return {
    id: `repair-${id}`,
    body,
    attributes: { [NOTE]: { type: 'String', value: JSON.stringify(whole) }, till: { type: 'Number', value: '4' } },
    sentAt: new Date('2030-01-31T11:00:00.000Z'),
    receiveCount: 1,
    ...(group !== undefined && { group }),
    source: QUEUE,
  };
}

export const aLetter = (id: string, given: Parameters<typeof inRepair>[1] = {}, now = NOW): WholeLetter =>
  letterOf(inRepair(id, given), SETTINGS, now);
