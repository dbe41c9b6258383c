import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseOptions, TERRAFORM_PORTS, USAGE } from '../../local/options';

describe('options of npm start', () => {
  const usual = {
    ...{ port: 4500, emulatorPort: 0, emulatorOnly: false, endpoint: undefined },
    ...{ brokers: false, watch: false, open: true },
  };

  test('without any: port 4500, an emulator of our own, a browser', () => {
    expect(parseOptions([])).toEqual(usual);
  });

  test('all of them', () => {
    const given = ['--port', '0', '--endpoint', 'http://127.0.0.1:4566', '--watch', '--no-open'];
    const wanted = { ...usual, port: 0, endpoint: 'http://127.0.0.1:4566', watch: true, open: false };
    expect(parseOptions(given)).toEqual(wanted);
    expect(parseOptions(['--emulator-port', '4567', '--brokers'])).toEqual({
      ...{ ...usual, emulatorPort: 4567, brokers: true },
    });
  });

  test('the emulator alone is where the synthesized local stacks look for it, and for the payment system', () => {
    expect(parseOptions(['--emulator-only'])).toMatchObject({
      emulatorOnly: true,
      emulatorPort: TERRAFORM_PORTS.emulator,
    });
    expect(parseOptions(['--emulator-only', '--emulator-port', '1'])).toMatchObject({ emulatorPort: 1 });
    const folder = mkdtempSync(join(tmpdir(), 'spillway-local-'));
    const root = join(__dirname, '..', '..');
    const env = { PATH: process.env.PATH, SPILLWAY_ENVIRONMENTS: 'local', CDKTF_OUTDIR: folder };
    execFileSync(process.execPath, ['dist/main.js'], { cwd: root, env });
    const stack = JSON.parse(readFileSync(join(folder, 'stacks', 'local-us-east-1-protected', 'cdk.tf.json'), 'utf8'));
    rmSync(folder, { recursive: true });
    const [endpoints] = stack.provider.aws[0].endpoints;
    expect(new Set(Object.values(endpoints))).toEqual(new Set([`http://127.0.0.1:${TERRAFORM_PORTS.emulator}`]));
    expect(stack.variable.payment_url.default).toBe(`http://127.0.0.1:${TERRAFORM_PORTS.payment}`);
  });

  test('--help, and it names every option', () => {
    expect(parseOptions(['-h'])).toBe('help');
    const all = ['--port', '--emulator-port', '--emulator-only', '--endpoint', '--brokers', '--watch', '--no-open'];
    for (const option of all) expect(USAGE).toContain(option);
  });

  test.each([
    [['--port', 'x'], '--port is x, but a port is a number from 0 to 65535'],
    [['--port', '65536'], '--port is 65536'],
    [['--port', '1.5'], '--port is 1.5'],
    [['--emulator-port', 'x'], '--emulator-port is x, but a port is a number from 0 to 65535'],
    [['--emulator-port', '1', '--endpoint', 'http://a'], "--emulator-port doesn't go with --endpoint"],
    [['--emulator-only', '--endpoint', 'http://a'], "--emulator-only doesn't go with --endpoint"],
    [['--emulator-only', '--brokers'], "--emulator-only doesn't go with --brokers"],
    [['--brokers', '--endpoint', 'http://a'], "--endpoint doesn't go with --brokers"],
    [['--emulator-only', '--watch'], "--emulator-only doesn't go with --watch"],
    [['--endpoint', '127.0.0.1:4566'], '--endpoint is 127.0.0.1:4566, but an address like http://'],
    [['--endpoint', 'http://a/path'], '--endpoint is http://a/path'],
    [['--prot', '1'], "Unknown option '--prot'"],
    [['extra'], 'extra'],
  ])('%j is refused', (given, message) => {
    expect(() => parseOptions(given)).toThrow(message);
  });
});
