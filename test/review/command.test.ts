import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../review/cli';
import { PLANS } from './plan-files';

const ROOT = join(__dirname, '../..');
const PLAN = join(PLANS, 'storm.json');

async function run(...args: string[]): Promise<{ code: number; text: string }> {
  let text = '';
  const code = await main(
    args,
    (part) => {
      text += part;
    },
    false,
  );
  return { code, text };
}

test('a plan whose name is empty is called as its file is', async () => {
  expect((await run('review', `=${PLAN}`)).text).toMatch(/^storm {2}account/);
  expect((await run('review', `shop/eu=${PLAN}`)).text).toMatch(/^shop\/eu {2}account/);
});

test.each([
  [[], 0],
  [['--fail-on', 'critical'], 1],
  [['--fail-on', 'catastrophic'], 2],
])('options %j give exit code %i', async (options, expected) => {
  const error = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  expect((await run('review', PLAN, ...options)).code).toBe(expected);
  error.mockRestore();
});

describe('the command of a checkout', () => {
  let checkout: string;
  beforeEach(() => {
    checkout = mkdtempSync(join(tmpdir(), 'checkout-'));
    mkdirSync(join(checkout, 'bin'));
    copyFileSync(join(ROOT, 'bin/spillway.js'), join(checkout, 'bin/spillway.js'));
  });
  afterEach(() => rmSync(checkout, { recursive: true, force: true }));

  const spillway = () =>
    spawnSync(process.execPath, [join(checkout, 'bin/spillway.js'), 'review', PLAN], { encoding: 'utf8' });
  const link = (name: string) => symlinkSync(join(ROOT, name), join(checkout, name));

  test('runs where dist/ may not be written', () => {
    link('review');
    link('node_modules');
    writeFileSync(join(checkout, 'dist'), 'a file, so that nothing can be written into it');
    expect(spillway()).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('storm/visibility') });
  });

  test('says in one line that its packages are missing', () => {
    link('review');
    const { status, stderr } = spillway();
    expect({ status, lines: stderr.trim().split('\n') }).toEqual({
      status: 2,
      lines: [expect.stringContaining('npm ci')],
    });
  });

  test('says in one line that it can not be bundled', () => {
    link('node_modules');
    mkdirSync(join(checkout, 'review'));
    writeFileSync(join(checkout, 'review/main.ts'), 'const = 1;');
    const { status, stderr } = spillway();
    expect({ status, lines: stderr.trim().split('\n') }).toEqual({
      status: 2,
      lines: [expect.stringContaining('main.ts:1:6')],
    });
  });
});
