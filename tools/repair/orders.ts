import { REPAIR_REASONS } from '../../functions/runtime/decide';
import type { Message } from '../../functions/runtime/message';
import { read } from '../../functions/runtime/read';
import { orderConsumer } from '../../functions/shop/order-consumer/contract';
import type { MessageFormat } from './plan';

const readOrder = (body: string) => read({ body } as Message, orderConsumer);

/** The shop's orders, as their consumer reads them: by their form. A price that was right when the order was accepted is no fault. */
export const orders: MessageFormat = {
  identityOf: async (body) => {
    const order = await readOrder(body);
    return 'malformed' in order ? order.malformed.known?.id : order.id;
  },
  problemOf: async (body) => {
    const order = await readOrder(body);
    return 'malformed' in order ? order.malformed.detail : undefined;
  },
  reasons: REPAIR_REASONS,
};
