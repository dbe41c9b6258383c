/**
 * Loaded before cdktf. Every construct captures its whole call stack, which is a third to a half of the time of a synthesis and shows nowhere in its
 * output. cdktf raises `Error.stackTraceLimit` to do so; here the raise is ignored. `SPILLWAY_TRACES=1` leaves it be, to find where a construct was made.
 */
if (process.env.SPILLWAY_TRACES !== '1') {
  const limit = Error.stackTraceLimit;
  Object.defineProperty(Error, 'stackTraceLimit', { get: () => limit, set: () => {}, configurable: true });
}
