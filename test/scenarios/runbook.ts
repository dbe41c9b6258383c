import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runbookCommands } from '../../local/commands';
import { type Lane, type Shop, until } from './shop';

export const ROOT = join(__dirname, '..', '..');
export const SPILLWAY = 'npx --no-install spillway';

interface Answer {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where a page is followed: the emulator's address, and the outputs of the stack that the alarm's name begins with. */
interface Place {
  readonly endpoint: string;
  output(name: string): string;
}

/** A page of docs/runbooks, followed as it stands there: a command that isn't on the page can't be run. */
export class Runbook {
  readonly text: string;
  private readonly commands: readonly string[];
  private readonly followed = new Set<string>();

  constructor(
    page: string,
    private readonly place: Place,
  ) {
    this.text = readFileSync(join(ROOT, 'docs', 'runbooks', `${page}.md`), 'utf8');
    const block = /^```\n([\s\S]+?)^```/gm;
    const fenced = [...this.text.matchAll(block)].flatMap(([, lines = '']) => typed(lines));
    const inline = [...this.text.replace(block, '').matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
    const commands = [...fenced, ...inline].filter((line) =>
      /^(npx --no-install spillway|aws|jq|echo) \S+[\s\S]*[-<>]/.test(line),
    );
    this.commands = [...new Set(commands)];
  }

  /**
   * Runs a command of the page in a shell, with what `npm start` says to put into it first. Placeholders that the page's "Names" calls outputs are the stack's.
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
      if (names.includes(`\`${name}\``)) return this.place.output(name);
      throw new Error(`${found}: the page doesn't say where <${name}> is found`);
    });
    return shell([...runbookCommands([], this.place.endpoint), line].join('\n'));
  }

  /** Commands of the page that nobody has followed. */
  left(): string[] {
    return this.commands.filter((one) => !this.followed.has(one));
  }
}

/** Commands of a block as they are typed: a line that ends in a backslash or a pipe, or within quotes, goes on in the next. */
function typed(block: string): string[] {
  const commands: string[] = [];
  for (const line of block
    .replace(/\\\n\s*/g, '')
    .replace(/\|\n\s*/g, '| ')
    .split('\n')) {
    const before = commands.at(-1) ?? '';
    if (before.split("'").length % 2 === 0) commands[commands.length - 1] = `${before}\n${line}`;
    else commands.push(line);
  }
  return commands;
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

/** The pages of a shop's lanes. */
export const pagesOf = (shop: Shop) => (name: string, lane: Lane) =>
  new Runbook(name, { endpoint: shop.environment.endpoint, output: (output) => lane.output(output) });

/** The AWS CLI is no dependency of this project: without it only the pages that need none are followed. */
export const withAws = spawnSync('aws', ['--version']).status === 0 ? test : test.skip;

export const ids = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(4, '0')}`);

export const depthOf = (lane: Lane, tier: 'orders' | 'parked' | 'repair', wanted: number, seconds = 60) =>
  until(
    `${wanted} in ${tier}`,
    () => lane.depth(tier),
    (depth) => depth === wanted,
    seconds,
  );
export const allPaid = (lane: Lane) =>
  until(
    'all paid',
    () => lane.statuses(),
    (seen) => Object.values(seen).every((status) => status === 'paid'),
    90,
  );
