import { parseOptions, USAGE } from '../../local/options';

describe('options of npm start', () => {
  test('without any: port 4500, an emulator of our own, a browser', () => {
    expect(parseOptions([])).toEqual({ port: 4500, endpoint: undefined, watch: false, open: true });
  });

  test('all of them', () => {
    const given = ['--port', '0', '--endpoint', 'http://127.0.0.1:4566', '--watch', '--no-open'];
    expect(parseOptions(given)).toEqual({ port: 0, endpoint: 'http://127.0.0.1:4566', watch: true, open: false });
  });

  test('--help, and it names every option', () => {
    expect(parseOptions(['-h'])).toBe('help');
    for (const option of ['--port', '--endpoint', '--watch', '--no-open']) expect(USAGE).toContain(option);
  });

  test.each([
    [['--port', 'x'], '--port is x, but a port is a number from 0 to 65535'],
    [['--port', '65536'], '--port is 65536'],
    [['--port', '1.5'], '--port is 1.5'],
    [['--endpoint', '127.0.0.1:4566'], '--endpoint is 127.0.0.1:4566, but an address like http://'],
    [['--endpoint', 'http://a/path'], '--endpoint is http://a/path'],
    [['--prot', '1'], "Unknown option '--prot'"],
    [['extra'], 'extra'],
  ])('%j is refused', (given, message) => {
    expect(() => parseOptions(given)).toThrow(message);
  });
});
