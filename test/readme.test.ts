import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPrice, order as orderForm } from '../functions/shop/domain/order';

const root = join(__dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** Every command of the README: lines of its blocks without a language, and what stands between backticks. */
const commands = [
  ...[...readme.matchAll(/^```\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) => block.split('\n')),
  ...[...readme.matchAll(/(?<!`)`([^`\n]+)`/g)].map(([, command = '']) => command),
]
  .map((line) => line.replace(/\s+#.*$/, '').trim())
  .filter((line) => /^(npm|npx|curl|aws|node) /.test(line));

const words = (command: string): string[] =>
  [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain ?? '',
  );

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

let synthesized: string;
let stacks: string[];
beforeAll(() => {
  synthesized = mkdtempSync(join(tmpdir(), 'readme-'));
  const env = { PATH: process.env.PATH, CDKTF_OUTDIR: synthesized };
  execFileSync(process.execPath, [join(root, 'dist', 'main.js')], { cwd: root, env });
  stacks = readdirSync(join(synthesized, 'stacks'));
}, 60_000);
afterAll(() => rmSync(synthesized, { recursive: true, force: true }));

/** Takes one stack, by its whole name; `deploy` alone takes patterns. Source: `cdktf diff --help`, `cdktf deploy --help`. */
function cdktf([action, stack = '']: readonly string[]): void {
  const pattern = new RegExp(`^${stack.replace('*', action === 'deploy' ? '.*' : '\\*')}$`);
  expect([stack, stacks.filter((name) => pattern.test(name)).length > 0]).toEqual([stack, true]);
}

function curl(parameters: readonly string[]): void {
  const body = parameters[parameters.indexOf('-d') + 1] ?? '';
  expect(() => checkPrice(orderForm.parse(JSON.parse(body)))).not.toThrow();
}

/** What has a `--help` says all that it takes without doing any of it. */
const help = (parameters: readonly string[]): void => {
  const said = execFileSync('npm', [...parameters, '--', '--help'], { cwd: root, encoding: 'utf8' });
  expect(said).toContain('--');
};

/** How each kind of command is tried here; what needs an account or minutes is named, so that nothing is left out unseen. */
const TRIED: readonly [RegExp, (parameters: readonly string[]) => void][] = [
  [/^npx cdktf /, (parameters) => cdktf(parameters.slice(1))],
  [/^curl /, curl],
  [
    /^npm (start|run (docs|redrive|repair|breaker|saga:resume))\b/,
    (parameters) => help(parameters.slice(0, parameters[0] === 'run' ? 2 : 1)),
  ],
  [/^npx --no-install spillway /, () => help(['exec', '--no', 'spillway'])],
  // Played whole by the other kinds of test, or by CI.
  [
    /^npm (test|ci|run (bench|scan))\b/,
    ([action, script = '']) =>
      expect(action === 'run' ? scripts : { ci: 1, ...scripts }).toHaveProperty([
        action === 'run' ? script : (action as string),
      ]),
  ],
  // Made on an account only: docs/on-aws.md.
  [/^aws (s3api|secretsmanager) /, () => {}],
];

test('there are commands to try', () => {
  expect(commands.length).toBeGreaterThan(10);
});

test.each([...new Set(commands)])(
  '%s',
  (command) => {
    const [, attempt] = TRIED.find(([kind]) => kind.test(command)) ?? [];
    expect(attempt).toBeDefined();
    attempt?.(words(command).slice(1));
  },
  60_000,
);
