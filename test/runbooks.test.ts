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

/** Every stack by its name, as it would be planned. */
const stacks = (() => {
  const CDKTF_OUTDIR = mkdtempSync(join(tmpdir(), 'runbooks-'));
  try {
    const env = { PATH: process.env.PATH, CDKTF_OUTDIR };
    execFileSync(process.execPath, [join(ROOT, 'dist', 'main.js')], { env });
    const folder = join(CDKTF_OUTDIR, 'stacks');
    return readdirSync(folder).map((name): [string, Stack] => [
      name,
      JSON.parse(readFileSync(join(folder, name, 'cdk.tf.json'), 'utf8')),
    ]);
  } finally {
    rmSync(CDKTF_OUTDIR, { recursive: true });
  }
})();
const prod = stacks.filter(([name]) => name.startsWith('prod-')).map(([, stack]) => stack);
const alarmsOf = ({ resource }: Stack) =>
  ['aws_cloudwatch_metric_alarm', 'aws_cloudwatch_composite_alarm'].flatMap((type) =>
    Object.values(resource[type] ?? {}),
  );
const alarms = prod.flatMap(alarmsOf);
/** The page that an alarm's text ends in a link to. */
const linked = ({ alarm_description }: { alarm_description: string }) =>
  /Runbook: https:\/\/[^\s]+\/docs\/runbooks\/([\w-]+)\.md$/.exec(alarm_description)?.[1];

test('every alarm of every stack ends in a link to a page that is there', () => {
  const without = stacks.flatMap(([name, stack]) =>
    alarmsOf(stack)
      .filter((alarm) => !pages.includes(linked(alarm) ?? ''))
      .map(({ alarm_name, alarm_description }) => `${name} ${alarm_name}: ${alarm_description}`),
  );
  expect(without).toEqual([]);
});

/** The index: a pattern of alarm names, and its page. */
const index = [...read('README').matchAll(/^\| (`<.+?) \| .+ \| \[([\w-]+)\]\(\2\.md\) \|$/gm)].flatMap(
  ([, patterns = '', page = '']) =>
    [...patterns.matchAll(/`([^`]+)`/g)].map(([, pattern = '']) => ({
      ...{ pattern, page },
      matches: new RegExp(`^${pattern.replace(/<[^>]+>/g, '[\\w-]+')}$`),
    })),
);

test('every alarm of prod is in the index once, with the page that it links to', () => {
  expect(alarms.length).toBeGreaterThan(50);
  const found = alarms.map((alarm) => [
    alarm.alarm_name,
    index.filter(({ matches }) => matches.test(alarm.alarm_name)).map(({ page }) => page),
    linked(alarm),
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
  'npx --no-install spillway breaker': ['lambda:InvokeFunction'],
  'npx --no-install spillway redrive': ['lambda:InvokeFunction'],
  'npx --no-install spillway replay': ['events:StartReplay', 'events:DescribeReplay', 'events:CancelReplay'],
  'npx --no-install spillway repair': [
    'sqs:ReceiveMessage',
    'sqs:ChangeMessageVisibility',
    'sqs:DeleteMessage',
    'sqs:SendMessage',
    'sqs:GetQueueAttributes',
  ],
  'npx --no-install spillway dead-letters': [
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    'dynamodb:Query',
    'sqs:SendMessage',
    'lambda:InvokeFunction',
  ],
  'npx --no-install spillway saga input': ['states:GetExecutionHistory'],
  'npx --no-install spillway saga resume': [
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
  const own = [...text.matchAll(/\bnpx --no-install spillway (?:saga )?[a-z-]+/g)].map(([call]) => call);
  return [...calls, ...own].flatMap((call) => {
    const [service, command = ''] = call.split(' ');
    const name = command.split('-').map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`);
    return ACTIONS[call] ?? [`${service}:${name.join('')}`];
  });
}

/** The AWS CLI's names of services, where the SDK has others. Services without an SDK client in this project aren't here. */
const CLIENTS: Readonly<Record<string, string>> = {
  dynamodb: 'dynamodb',
  kinesis: 'kinesis',
  kms: 'kms',
  lambda: 'lambda',
  logs: 'cloudwatch-logs',
  mq: 'mq',
  secretsmanager: 'secrets-manager',
  sqs: 'sqs',
  stepfunctions: 'sfn',
  cloudwatch: 'cloudwatch',
};

test('every aws command of the runbooks is an operation of its service', () => {
  const calls = [...pages, 'README'].flatMap((page) =>
    [...read(page).matchAll(/\baws ([a-z]+) ([a-z]+-[a-z-]+|invoke|promote)/g)].map(
      ([, service = '', operation = '']) => ({
        ...{ page, service, operation },
      }),
    ),
  );
  expect(calls.length).toBeGreaterThan(20);
  const unknown = calls.filter(({ service, operation }) => {
    const client = CLIENTS[service];
    const name = operation.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
    return !client || !(`${name}Command` in require(`@aws-sdk/client-${client}`));
  });
  expect(unknown).toEqual([]);
});

test('every command is one for the AWS CLI 1 and 2, on Linux and on macOS', () => {
  // zsh takes no comment in what is typed.
  // Version 2 takes a payload or data on the command line for base64, version 1 doesn't know the option that says otherwise; `date -d` is GNU's.
  const wrong = [...pages, 'README'].flatMap((page) =>
    [
      ...read(page).matchAll(
        /--payload (?!fileb:).*|^aws .*--data (?!fileb:).*|--cli-binary-format.*|date -d.*|^(npx|aws|jq) .* # .*/gm,
      ),
    ].map(([found]) => `${page}: ${found}`),
  );
  expect(wrong).toEqual([]);
});

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
    const outputs = new Set(stacks.flatMap(([, { output }]) => Object.keys(output ?? {})));
    const named = [...(names.split(/[.;]/)[0] ?? '').matchAll(/`([a-z_]+)`/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !outputs.has(name))).toEqual([]);
  });
});

test('every page is in the index', () => {
  expect(pages.filter((page) => !read('README').includes(`](${page}.md)`))).toEqual([]);
});

/** Pages that no test follows to their end, and what is missing here. */
const NOT_FOLLOWED: Readonly<Record<string, string>> = {
  'event-replay':
    'a replay ends ten minutes ago at the latest, because events reach the archive so late; test/cli/replay.test.ts holds its command',
};

test('every page is followed by a test as it stands there, or says here why not', () => {
  const tests = ['scenarios', 'brokers'].flatMap((folder) =>
    readdirSync(join(__dirname, folder))
      .filter((file) => file.endsWith('.test.ts'))
      .map((file) => readFileSync(join(__dirname, folder, file), 'utf8')),
  );
  const followed = pages.filter((page) =>
    tests.some((text) => new RegExp(`(page|new Runbook)\\('${page}'`).test(text)),
  );
  expect(Object.keys(NOT_FOLLOWED).filter((page) => followed.includes(page) || !pages.includes(page))).toEqual([]);
  expect(pages.filter((page) => !followed.includes(page) && !NOT_FOLLOWED[page])).toEqual([]);
});
