/** Key of the item that is written to see whether orders can be; too short for an order's id, so that it can be none. */
export const PROBE_ID = 'canary';
