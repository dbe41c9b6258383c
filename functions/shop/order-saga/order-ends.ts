import type { OrdersTable } from '../orders/table';

/** The part of the orders table that tells the customer how it ended; the first end stands. */
export type OrderEnds = Pick<OrdersTable, 'finish'>;
