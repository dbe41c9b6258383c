import { parseOrder } from '../../functions/shop/domain/order';
import { REPAIR_REASONS } from '../../functions/shop/order-consumer/repair';
import type { MessageFormat } from './plan';

/** The shop's orders. */
export const orders: MessageFormat = {
  identityOf: (body) => {
    const parsed = parseOrder(body);
    return 'order' in parsed ? parsed.order.orderId : parsed.malformed.orderId;
  },
  problemOf: (body) => {
    const parsed = parseOrder(body);
    if ('order' in parsed) return undefined;
    const { path, reason } = parsed.malformed;
    return path ? `${path}: ${reason}` : reason;
  },
  reasons: REPAIR_REASONS,
};
