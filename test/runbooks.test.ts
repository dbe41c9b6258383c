import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
const RUNBOOKS = join(ROOT, 'docs', 'runbooks');
const read = (page: string) => readFileSync(join(RUNBOOKS, `${page}.md`), 'utf8');
const pages = readdirSync(RUNBOOKS)
  .filter((name) => name !== 'README.md')
  .map((name) => name.replace(/\.md$/, ''));

interface Stack {
  readonly resource: Record<string, Record<string, { alarm_name: string; alarm_description: string }> | undefined>;
  readonly output?: Record<string, unknown>;
}

/** What prod is made of, as it would be planned. */
const prod: Stack[] = (() => {
  const CDKTF_OUTDIR = mkdtempSync(join(tmpdir(), 'runbooks-'));
  try {
    const env = { PATH: process.env.PATH, CDKTF_OUTDIR, SPILLWAY_ENVIRONMENTS: 'prod' };
    execFileSync(process.execPath, [join(ROOT, 'dist', 'main.js')], { env });
    const stacks = join(CDKTF_OUTDIR, 'stacks');
    return readdirSync(stacks).map((name) => JSON.parse(readFileSync(join(stacks, name, 'cdk.tf.json'), 'utf8')));
  } finally {
    rmSync(CDKTF_OUTDIR, { recursive: true });
  }
})();
const alarms = prod.flatMap(({ resource }) =>
  ['aws_cloudwatch_metric_alarm', 'aws_cloudwatch_composite_alarm'].flatMap((type) =>
    Object.values(resource[type] ?? {}),
  ),
);

/** The index: a pattern of alarm names, and its page. */
const index = [...read('README').matchAll(/^\| (`<.+?) \| .+ \| \[([\w-]+)\]\(\2\.md\) \|$/gm)].flatMap(
  ([, patterns = '', page = '']) =>
    [...patterns.matchAll(/`([^`]+)`/g)].map(([, pattern = '']) => ({
      ...{ pattern, page },
      matches: new RegExp(`^${pattern.replace(/<[^>]+>/g, '[\\w-]+')}$`),
    })),
);

test('every alarm of prod is in the index once, and its description ends with the page', () => {
  expect(alarms.length).toBeGreaterThan(50);
  const found = alarms.map(({ alarm_name, alarm_description }) => [
    alarm_name,
    index.filter(({ matches }) => matches.test(alarm_name)).map(({ page }) => page),
    /Runbook: ([\w-]+)\.$/.exec(alarm_description)?.[1],
  ]);
  expect(found).toEqual(found.map(([name, , page]) => [name, [page], page]));
});

test('every pattern of the index is an alarm that rings, and its page speaks of it', () => {
  for (const { pattern, page, matches } of index) {
    expect([pattern, alarms.some(({ alarm_name }) => matches.test(alarm_name))]).toEqual([pattern, true]);
    const ending = pattern
      .replace(/-?<instance>$/, '')
      .split('>')
      .at(-1) as string;
    expect([pattern, read(page).includes(ending)]).toEqual([pattern, true]);
  }
});

/** `aws sqs start-message-move-task` → `sqs:StartMessageMoveTask`; what is called otherwise in IAM, and what the project's own commands need. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  'lambda invoke': ['lambda:InvokeFunction'],
  'stepfunctions describe-execution': ['states:DescribeExecution'],
  'npm run breaker': ['lambda:InvokeFunction'],
  'npm run redrive': ['lambda:InvokeFunction'],
  'npm run repair': ['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:SendMessage'],
  'npm run saga:resume': [
    'states:ListExecutions',
    'states:GetExecutionHistory',
    'states:DescribeExecution',
    'states:RedriveExecution',
    'sqs:GetQueueUrl',
    'sqs:ReceiveMessage',
    'sqs:ChangeMessageVisibility',
    'sqs:DeleteMessage',
  ],
};

function actionsOf(text: string): string[] {
  const calls = [...text.matchAll(/\baws ([a-z]+ [a-z]+(?:-[a-z]+)*)/g)].map(([, call = '']) => call);
  const own = [...text.matchAll(/\bnpm run [a-z][\w:]*/g)].map(([call]) => call);
  return [...calls, ...own].flatMap((call) => {
    const [service, command = ''] = call.split(' ');
    const name = command.split('-').map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`);
    return ACTIONS[call] ?? [`${service}:${name.join('')}`];
  });
}

describe.each([...pages, 'README'])('the page %s', (page) => {
  const paragraph = (name: string) =>
    new RegExp(`^\\*\\*${name}:\\*\\* ([\\s\\S]+?)(?=\\n\\n|\\s*$(?![\\s\\S]))`, 'm').exec(read(page))?.[1] ?? '';

  test('says every right that its commands need', () => {
    const rights = paragraph('Rights');
    expect(rights).not.toBe('');
    const needed = [...new Set(actionsOf(read(page).replace(/`npm run …`|`npm run … --[^`]*`/g, '')))];
    expect(needed.filter((action) => !rights.includes(`\`${action}\``))).toEqual([]);
  });

  test('says which outputs its names come from, and they are there', () => {
    const names = paragraph('Names');
    expect(names).not.toBe('');
    if (!/^outputs? /.test(names)) return;
    const outputs = new Set(prod.flatMap(({ output }) => Object.keys(output ?? {})));
    const named = [...(names.split(/[.;]/)[0] ?? '').matchAll(/`([a-z_]+)`/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !outputs.has(name))).toEqual([]);
  });
});

test('every page is in the index', () => {
  expect(pages.filter((page) => !read('README').includes(`](${page}.md)`))).toEqual([]);
});
