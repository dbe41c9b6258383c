import * as z from 'zod/mini';
import { brokerMessage, oddMessage } from './broker';
import { goingOn } from './going-on';
import type { Source } from './source';

/** By queue and virtual host. Source: Lambda guide, "Using Lambda with Amazon MQ". Messages are read one by one: an odd one must not fail the batch that it is in. */
const event = z.looseObject({
  eventSource: z.literal('aws:rmq'),
  eventSourceArn: z.string(),
  rmqMessagesByQueue: z.record(z.string(), z.array(z.unknown())),
});
/** A producer need not have set an id; the time that RabbitMQ has is in whole seconds and the producer's as well. */
const rabbitMqMessage = z.looseObject({
  data: z.string(),
  basicProperties: z.nullish(z.looseObject({ messageId: z.nullish(z.string()) })),
});

/** Queues of Amazon MQ for RabbitMQ; what comes back goes on to the main queue of SQS. */
export const rabbitmq: Source = (tools) => ({
  read(value) {
    const batch = z.safeParse(event, value);
    if (!batch.success) return undefined;
    const { eventSourceArn: source, rmqMessagesByQueue } = batch.data;
    const read = Object.entries(rmqMessagesByQueue).flatMap(([queue, messages]) =>
      messages.map((one, index) => {
        const place = `${queue}#${index}`;
        const { success, data } = z.safeParse(rabbitMqMessage, one);
        if (!success) return oddMessage(source, place, one);
        return brokerMessage(source, data.basicProperties?.messageId ?? place, Buffer.from(data.data, 'base64'));
      }),
    );
    return goingOn(read, tools, { ordered: false });
  },
});
