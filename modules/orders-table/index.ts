export { OrdersTable } from './orders-table';
export type { OrdersTableProps } from './props';
