import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runbookCommands } from '../../local/commands';
import { anOrder, type Lane, quick, type Shop, startShop, until } from './shop';

const ROOT = join(__dirname, '..', '..');
const aws = spawnSync('aws', ['--version'], { encoding: 'utf8' }).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'runbooks-'));
let shop: Shop;

interface Answer {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A page of docs/runbooks, followed as it stands there: a command that isn't on the page can't be run. */
class Runbook {
  private readonly text: string;
  private readonly commands: readonly string[];
  private readonly followed = new Set<string>();

  constructor(
    page: string,
    private readonly lane: Lane,
  ) {
    this.text = readFileSync(join(ROOT, 'docs', 'runbooks', `${page}.md`), 'utf8');
    const block = /^```\n([\s\S]+?)^```/gm;
    const fenced = [...this.text.matchAll(block)].flatMap(([, lines = '']) => lines.split('\n'));
    const inline = [...this.text.replace(block, '').matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
    const commands = [...fenced, ...inline].filter((line) => /^(npx --no-install spillway|aws) \S+ .*-/.test(line));
    this.commands = [...new Set(commands)];
  }

  /**
   * Runs a command of the page in a shell, with what `npm start` says to export. Placeholders that the page's "Names" calls outputs are the stack's.
   *
   * @param said what a person has from elsewhere: what a command before has answered, or their own name
   * @param change what the page says to change about the command
   */
  async follow(
    begins: string,
    said: Readonly<Record<string, string>> = {},
    change: (line: string) => string = (line) => line,
  ): Promise<Answer> {
    const found = this.commands.find((one) => one === begins) ?? this.commands.find((one) => one.startsWith(begins));
    if (!found) throw new Error(`the page has no command ${begins}`);
    this.followed.add(found);
    const names = /\*\*Names:\*\* (.+)/.exec(this.text)?.[1] ?? '';
    const line = change(found).replace(/<([^>]+)>/g, (_, name: string) => {
      if (said[name] !== undefined) return said[name];
      if (names.includes(`\`${name}\``)) return this.lane.output(name);
      throw new Error(`${found}: the page doesn't say where <${name}> is found`);
    });
    const [environment = ''] = runbookCommands([], shop.environment.endpoint);
    return shell(`${environment}\n${line}`);
  }

  /** Commands of the page that nobody has followed. */
  left(): string[] {
    return this.commands.filter((one) => !this.followed.has(one));
  }
}

/** A person's shell. The event loop goes on: the payment system is served by this very process. */
async function shell(script: string): Promise<Answer> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, AWS_PAGER: '' };
  const child = spawn('bash', ['-c', script], { cwd: ROOT, env });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, stdout, stderr };
}

const SPILLWAY = 'npx --no-install spillway';
const depthOf = (lane: Lane, tier: 'orders' | 'parked' | 'repair', wanted: number, seconds = 60) =>
  until(
    `${wanted} in ${tier}`,
    () => lane.depth(tier),
    (depth) => depth === wanted,
    seconds,
  );
const allPaid = (lane: Lane) =>
  until(
    'all paid',
    () => lane.statuses(),
    (seen) => Object.values(seen).every((status) => status === 'paid'),
    90,
  );

beforeAll(async () => {
  shop = await startShop([
    { ...quick('dead-letters'), part: 'parking' },
    { ...quick('dead-letters'), part: 'mending' },
  ]);
}, 180_000);
beforeEach(() => shop.environment.payment.setFault({ kind: 'up' }));
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await shop?.stop();
}, 30_000);

// The AWS CLI is no dependency of this project: without it only the pages that need none are followed.
const withAws = aws ? test : test.skip;

test('orders-repair: looked at, mended, given a new id, taken out, all sent again', async () => {
  const lane = shop.lane('mending');
  const page = new Runbook('orders-repair', lane);
  const file = (name: string) => join(folder, name);
  await lane.place('taken-0001');
  await allPaid(lane);
  const { customer: _, ...nameless } = anOrder({ orderId: 'nameless-0001' });
  await lane.post(JSON.stringify(nameless));
  await lane.post(JSON.stringify(anOrder({ orderId: 'taken-0001', customer: 'Grace' })));
  await lane.post('no JSON');
  await depthOf(lane, 'repair', 3);

  const look = () => page.follow(`${SPILLWAY} repair --queue <repair_queue_url>`);
  const shown = await look();
  expect(shown).toMatchObject({ status: 0, stdout: expect.stringContaining('3 in all') });
  const idOf = (pattern: string) => ({ id: new RegExp(`^(\\S+)  ${pattern}`, 'm').exec(shown.stdout)?.[1] as string });
  const SEND = `${SPILLWAY} repair --queue <repair_queue_url> --message <id> --to`;
  const SAVE = `${SPILLWAY} repair --queue <repair_queue_url> --message <id> --save`;
  expect(await page.follow(SEND, idOf('nameless-0001'))).toMatchObject({
    ...{ status: 1, stderr: expect.stringContaining('still malformed') },
  });
  const copies: string[] = [];
  const mend = async (pattern: string, change: object, ending: string) => {
    const message = idOf(pattern);
    copies.push(`${message.id}.json`);
    const path = file(`${message.id}.body`);
    expect(await page.follow(SAVE, { ...message, file: path })).toMatchObject({ status: 0 });
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...change }));
    const sent = await page.follow(SEND, message, (line) => `${line} --body ${path} ${ending}`);
    expect(sent).toMatchObject({ status: 0, stderr: '' });
  };
  try {
    await mend('nameless-0001', { customer: 'Ada' }, '');
    await mend('taken-0001', { orderId: 'renamed-0001' }, '--new-id');
  } finally {
    for (const copy of copies) rmSync(join(ROOT, copy), { force: true });
  }
  const rest = /^(\S+) {2}.*malformed/m.exec((await look()).stdout)?.[1] as string;
  const TAKE = `${SPILLWAY} repair --queue <repair_queue_url> --message <id> --take`;
  expect(await page.follow(TAKE, { id: rest, file: file('taken') })).toMatchObject({ status: 0 });
  await until(
    'the mended are paid',
    () => lane.statuses(['nameless-0001', 'renamed-0001']),
    (seen) => Object.values(seen).every((status) => status === 'paid'),
  );
  expect(await page.follow(`${SPILLWAY} repair --queue <repair_queue_url> --all`)).toMatchObject({ status: 0 });
  expect(await look()).toMatchObject({ status: 0, stdout: 'Nothing waits for repair.\n' });
  expect(page.left()).toEqual([]);
}, 300_000);

withAws(
  'orders-waiting: a mapping that was switched off by hand is found and switched on',
  async () => {
    const lane = shop.lane('parking');
    const page = new Runbook('orders-waiting', lane);
    const off = (line: string) => line.replace('--enabled', '--no-enabled');
    expect(await page.follow('aws lambda update-event-source-mapping', {}, off)).toMatchObject({ status: 0 });
    const state = async () => {
      const answer = await page.follow('aws lambda get-event-source-mapping');
      expect(answer).toMatchObject({ status: 0 });
      return (JSON.parse(answer.stdout) as { State: string }).State;
    };
    await until('switched off', state, (seen) => seen === 'Disabled');
    await lane.place('switched-0001');
    expect(await page.follow('aws lambda update-event-source-mapping')).toMatchObject({ status: 0 });
    await until('switched on', state, (seen) => seen === 'Enabled');
    await allPaid(lane);
  },
  120_000,
);
