/** One password for all: these brokers listen on this machine alone and live for seconds. */
export const PASSWORD = 'only-on-loopback-1';
