import { parseArgs } from 'node:util';

/** Where the synthesized `local` stacks look for both when Terraform deploys them; `npm start` deploys to whatever ports are free. */
export const TERRAFORM_PORTS = { emulator: 4566, payment: 4600, enrichment: 4602 } as const;

export interface Options {
  readonly port: number;
  readonly emulatorPort: number;
  readonly emulatorOnly: boolean;
  readonly endpoint: string | undefined;
  readonly brokers: boolean;
  readonly watch: boolean;
  readonly open: boolean;
}

export const USAGE = `npm start -- [options]
  --port N            where the pages are (default 4500; 0: any free port)
  --emulator-port N   where the emulator is (default: any free port)
  --emulator-only     nothing but the emulator (default port ${TERRAFORM_PORTS.emulator}) what the stacks call (payment: port ${TERRAFORM_PORTS.payment},
                      enrichment: port ${TERRAFORM_PORTS.enrichment}), for \`npx cdktf deploy 'local-*'\`
  --endpoint URL      use this emulator (LocalStack, MiniStack) instead of starting one
  --brokers           a lane more, whose orders come from a real pair of ActiveMQ brokers (needs Java 17; fetched from Maven Central, once)
  --watch             build and deploy again when a source changes
  --no-open           don't open the browser`;

/** @throws with a message for people when an option is unknown or makes no sense */
export function parseOptions(parameters: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...parameters],
    options: {
      port: { type: 'string', default: '4500' },
      'emulator-port': { type: 'string' },
      'emulator-only': { type: 'boolean', default: false },
      endpoint: { type: 'string' },
      brokers: { type: 'boolean', default: false },
      watch: { type: 'boolean', default: false },
      'no-open': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const { endpoint, brokers, watch, 'emulator-only': emulatorOnly } = values;
  if (endpoint !== undefined && !/^https?:\/\/[^/]+\/?$/.test(endpoint)) {
    throw new Error(`--endpoint is ${endpoint}, but an address like http://127.0.0.1:4566 is needed`);
  }
  const emulatorPort = portOf(
    'emulator-port',
    values['emulator-port'] ?? (emulatorOnly ? TERRAFORM_PORTS.emulator : 0),
  );
  const refuse = (one: string, other: string) => {
    throw new Error(`--${one} doesn't go with --${other}`);
  };
  if (endpoint !== undefined && values['emulator-port'] !== undefined) refuse('emulator-port', 'endpoint');
  if (endpoint !== undefined && emulatorOnly) refuse('emulator-only', 'endpoint');
  if (watch && emulatorOnly) refuse('emulator-only', 'watch');
  if (brokers && emulatorOnly) refuse('emulator-only', 'brokers');
  if (brokers && endpoint !== undefined) refuse('endpoint', 'brokers');
  const port = portOf('port', values.port);
  return { port, emulatorPort, emulatorOnly, endpoint, brokers, watch, open: !values['no-open'] };
}

function portOf(option: string, value: string | number): number {
  const port = Number(value);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`--${option} is ${value}, but a port is a number from 0 to 65535`);
}
