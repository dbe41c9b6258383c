import { parseArgs } from 'node:util';

export interface Options {
  readonly port: number;
  readonly endpoint: string | undefined;
  readonly watch: boolean;
  readonly open: boolean;
}

export const USAGE = `npm start -- [options]
  --port N         where the pages are (default 4500; 0: any free port)
  --endpoint URL   use this emulator (LocalStack, MiniStack) instead of starting one
  --watch          build and deploy again when a source changes
  --no-open        don't open the browser`;

/** @throws with a message for people when an option is unknown or makes no sense */
export function parseOptions(parameters: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...parameters],
    options: {
      port: { type: 'string', default: '4500' },
      endpoint: { type: 'string' },
      watch: { type: 'boolean', default: false },
      'no-open': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port is ${values.port}, but a port is a number from 0 to 65535`);
  }
  const { endpoint } = values;
  if (endpoint !== undefined && !/^https?:\/\/[^/]+\/?$/.test(endpoint)) {
    throw new Error(`--endpoint is ${endpoint}, but an address like http://127.0.0.1:4566 is needed`);
  }
  return { port, endpoint, watch: values.watch, open: !values['no-open'] };
}
