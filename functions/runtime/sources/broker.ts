import type { Message } from '../message';

/** A broker's message as one of ours. The receive count is always the first: retries are the business of the queue that it is handed over to. */
export function brokerMessage(source: string, id: string, data: Uint8Array, sentAt = new Date()): Message {
  const body = Buffer.from(data).toString('utf8');
  return { id, body, bytes: data, attributes: {}, sentAt, receiveCount: 1, source };
}

/** What can't be read as a message is one all the same, with whatever came as its body, so that repair gets it and its neighbours are handled. */
export const oddMessage = (source: string, place: string, value: unknown): Message =>
  brokerMessage(source, place, Buffer.from(JSON.stringify(value) ?? 'undefined'));
