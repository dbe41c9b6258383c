import * as z from 'zod/mini';
import { brokerMessage, oddMessage } from './broker';
import { goingOn } from './going-on';
import type { Source } from './source';

/** Source: Lambda guide, "Using Lambda with Amazon MQ". Messages are read one by one: an odd one must not fail the batch that it is in. */
const event = z.looseObject({
  eventSource: z.literal('aws:mq'),
  eventSourceArn: z.string(),
  messages: z.array(z.unknown()),
});
const activeMqMessage = z.looseObject({ messageID: z.string(), data: z.string(), timestamp: z.optional(z.number()) });

/** Queues of Amazon MQ for ActiveMQ; what comes back goes on to the main queue of SQS. */
export const activemq: Source = (tools) => ({
  read(value) {
    const batch = z.safeParse(event, value);
    if (!batch.success) return undefined;
    const { eventSourceArn: source, messages } = batch.data;
    const read = messages.map((one, index) => {
      const { success, data } = z.safeParse(activeMqMessage, one);
      if (!success) return oddMessage(source, `message#${index}`, one);
      const sentAt = data.timestamp === undefined ? undefined : new Date(data.timestamp);
      return brokerMessage(source, data.messageID, Buffer.from(data.data, 'base64'), sentAt);
    });
    return goingOn(read, tools, { ordered: false });
  },
});
