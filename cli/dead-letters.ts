/**
 * The dead-letter desk in the shell: what the page does, with the same engine, signed with AWS credentials. IAM decides who may; what is done is written down under the name of whoever is signed in here.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { deskPorts } from '../functions/desk/aws/edges';
import { queueLooks } from '../functions/desk/aws/queue-looks';
import type { QueueSettings } from '../functions/desk/contract';
import { Desk } from '../functions/desk/core/desk';
import { type LookPorts, lookAtTiers } from '../functions/desk/core/loss-clock';
import { PatchError } from '../functions/desk/core/patch';
import { beginRelease, planRelease, type ReleaseCommand, steer, watchRelease } from '../functions/desk/core/releases';
import { type Actor, ForbiddenError } from '../functions/desk/core/roles';
import { reconcile } from '../functions/desk/core/run-release';
import { searchLetters } from '../functions/desk/core/search';
import { RefusedError } from '../functions/desk/core/sending';
import { StaleError } from '../functions/desk/core/store';
import { timelineOf } from '../functions/desk/core/timeline';
import { needed, numberOf, parseRequest, type Request, statusOf, textOf, USAGE } from './dead-letters/request';
import { sayEvent, sayGroup, sayLetter, sayPlan, sayQueue, sayRelease, sayTrend, sayWhole } from './dead-letters/say';
import { takeAll } from './dead-letters/take-all';
import { type Command, UsageError } from './night/command';
import { connectionTo } from './night/connection';
import { printable } from './night/printable';
import { Stop } from './night/stop';

/** What the command touches outside. */
export interface DeadLetterPorts {
  /** The desk of a table, in the region and at the address of the command line. */
  desk(table: string, connection: Connection): Desk;
  sqs(name: string, connection: Connection): SQSClient;
  looks(connection: Connection): Pick<LookPorts, 'tiersOf' | 'look'>;
  say(text: string): void;
  /** Lets a person change a text. @returns the changed one */
  edit(text: string): string;
  stopping(): boolean;
  readonly actor: Actor;
}

type Connection = Parameters<typeof connectionTo>[1];

/** Milliseconds between two looks at a release. */
const LOOK_MS = 500;

/** Carries out `dead-letters COMMAND …`. @throws UsageError, and what the desk refuses */
export async function deadLetters(args: readonly string[], ports: DeadLetterPorts): Promise<void> {
  const request = parseRequest(args);
  const connection = { region: textOf(request, 'region'), endpoint: textOf(request, 'endpoint') };
  const desk = ports.desk(request.table, connection);
  const { actor } = ports;
  const { command, of, values } = request;
  const say = (value: unknown, text: string) => ports.say(values.json ? JSON.stringify(value) : text);
  const version = async () => numberOf(request, 'version') ?? (await desk.find(of)).version;
  switch (command) {
    case 'groups': {
      for (const group of await desk.groups(actor)) say(group, sayGroup(group));
      if (!values.json) for (const queue of await desk.queues(actor)) ports.say(sayQueue(queue));
      return;
    }
    case 'queues': {
      await lookAtTiers({ ...desk.ports, ...ports.looks(connection) });
      for (const queue of await desk.queues(actor)) say(queue, sayQueue(queue));
      return;
    }
    case 'list': {
      const { items, next } = await desk.list(actor, {
        ...{ group: of, status: statusOf(request) },
        ...{ after: textOf(request, 'after'), text: textOf(request, 'text') },
      });
      for (const letter of items) say(letter, sayLetter(letter));
      if (values.json) return;
      if (next) ports.say(`more: --after '${next}'`);
      const from = new Set(items.map(({ cause }) => cause.queue));
      for (const queue of await desk.queues(actor)) if (from.has(queue.settings.queue)) ports.say(sayQueue(queue));
      return;
    }
    case 'search': {
      let after = textOf(request, 'after');
      do {
        const page = await searchLetters(desk, actor, { where: textOf(request, 'where') ?? '', after });
        for (const letter of page.items) say(letter, sayLetter(letter));
        after = page.next;
      } while (after && !ports.stopping());
      return;
    }
    case 'timeline': {
      for (const event of await timelineOf(desk, actor, needed(request, 'id'))) say(event, sayEvent(event));
      return;
    }
    case 'show': {
      const shown = await desk.show(actor, of, { reveal: values.reveal === true });
      return say(shown, sayWhole(shown));
    }
    case 'edit': {
      const { letter, faults } = await edit(desk, request, await version(), ports);
      const wrong = faults.map(({ path, message }) => `it still doesn't fit at ${path || 'the whole'}: ${message}`);
      return say({ letter, faults }, [sayLetter(letter), ...wrong].join('\n'));
    }
    case 'send': {
      const sent = await desk.send(actor, of, await version());
      return say(sent, sayLetter(sent));
    }
    case 'set-aside':
    case 'discard': {
      const close = command === 'discard' ? desk.discard : desk.setAside;
      const letter = await close.call(desk, actor, of, await version(), needed(request, 'why'));
      return say(letter, sayLetter(letter));
    }
    case 'reopen': {
      const letter = await desk.reopen(actor, of, await version());
      return say(letter, sayLetter(letter));
    }
    case 'release':
      return release(desk, request, ports, say);
    case 'releases': {
      for (const each of await desk.ports.store.releases()) say(each, sayRelease(each));
      return;
    }
    case 'resume': {
      const { state } = await watchRelease(desk, actor, of);
      if (state !== 'running') await steer(desk, actor, of, command);
      return goOn(desk, of, ports, say);
    }
    case 'approve':
    case 'pause':
    case 'cancel': {
      const steered = await steer(desk, actor, of, command satisfies ReleaseCommand);
      return say(steered, sayRelease(steered));
    }
    case 'describe':
      return desk.describe(actor, of, { owner: textOf(request, 'owner'), note: textOf(request, 'note') });
    case 'comment':
      return desk.comment(actor, of, needed(request, 'text'));
    case 'history': {
      for (const entry of await desk.history(actor, of)) say(entry, sayEvent(entry));
      return;
    }
    case 'trend': {
      const trend = await desk.trend(actor, of);
      return say(trend, sayTrend(trend));
    }
    case 'attach':
      return desk.attach(actor, settingsOf(request));
    case 'take': {
      const arn = needed(request, 'queue');
      const sqs = ports.sqs(arn, connection);
      const { QueueUrl = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName: arn.split(':').at(-1) }));
      const taken = await takeAll({ sqs, queueUrl: QueueUrl, arn }, desk.ports, ports.stopping);
      return say({ taken }, `${taken} taken from ${arn}`);
    }
    case 'audit': {
      let after = textOf(request, 'after');
      do {
        const page = await desk.auditOn(actor, needed(request, 'day'), after);
        for (const entry of page.items) ports.say(JSON.stringify(entry));
        after = page.next;
      } while (after);
    }
  }
}

async function edit(desk: Desk, request: Request, version: number, ports: DeadLetterPorts) {
  const { of, values } = request;
  const file = textOf(request, 'body');
  const newId = values['new-id'] === true;
  if (file !== undefined) return desk.edit(ports.actor, of, { version, body: readFileSync(file, 'utf8'), newId });
  const { content } = await desk.show(ports.actor, of, { reveal: true });
  const body = ports.edit(content.body);
  if (body === content.body) throw new RefusedError('nothing was changed');
  return desk.edit(ports.actor, of, { version, body, newId });
}

/** Begins a release and goes on with it until it is over. Ended, it goes on by the worker's next run, or by `resume`. */
async function release(
  desk: Desk,
  request: Request,
  ports: DeadLetterPorts,
  say: (value: unknown, text: string) => void,
): Promise<void> {
  const { actor } = ports;
  const file = textOf(request, 'patch');
  const asked = {
    group: request.of,
    patch: file === undefined ? undefined : readFileSync(file, 'utf8'),
    largestWave: numberOf(request, 'largest-wave'),
    rate: numberOf(request, 'rate'),
  };
  if (request.values['dry-run']) {
    const plan = await planRelease(desk, actor, asked);
    return say(plan, sayPlan(plan));
  }
  const { id, state } = await beginRelease(desk, actor, asked);
  if (state === 'awaiting-approval') {
    const begun = await watchRelease(desk, actor, id);
    return say(begun, sayRelease(begun));
  }
  return goOn(desk, id, ports, say);
}

/** Does what the worker does, until the release is over or somebody ends this: the worker may be what has failed. */
async function goOn(
  desk: Desk,
  id: string,
  { actor, stopping }: DeadLetterPorts,
  say: (value: unknown, text: string) => void,
): Promise<void> {
  let said = '';
  let over = false;
  const look = async () => {
    const now = await watchRelease(desk, actor, id);
    const text = sayRelease(now);
    if (text !== said) say(now, text);
    said = text;
    over = now.state !== 'running';
  };
  await reconcile(desk.ports, {
    enough: () => over || stopping(),
    wait: async () => {
      await look();
      await wait(LOOK_MS);
    },
  });
  await look();
}

/** @throws UsageError */
function settingsOf(request: Request): QueueSettings {
  const queue = needed(request, 'queue');
  if (!/^arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[\w-]{1,80}(\.fifo)?$/.test(queue)) {
    throw new UsageError(`--queue is "${queue}"; it takes the ARN of an SQS queue`);
  }
  const file = textOf(request, 'schema');
  return {
    queue,
    sendTo: textOf(request, 'to'),
    schema: file === undefined ? undefined : (JSON.parse(readFileSync(file, 'utf8')) as object),
    idPath: textOf(request, 'id'),
    approvalAbove: numberOf(request, 'approval-above'),
    sensitive: textOf(request, 'sensitive')?.split(','),
    sensitiveAttributes: textOf(request, 'sensitive-attributes')?.split(','),
  };
}

/** Opens a text in $EDITOR, in a folder that only its owner reads. */
function inEditor(text: string): string {
  const editor = process.env.VISUAL || process.env.EDITOR;
  if (!editor) throw new UsageError('$EDITOR is not set; set it, or give --body FILE');
  const folder = mkdtempSync(join(tmpdir(), 'dead-letter-'));
  try {
    const file = join(folder, 'body.json');
    writeFileSync(file, text, { mode: 0o600 });
    const [program = '', ...parameters] = editor.split(' ');
    execFileSync(program, [...parameters, file], { stdio: 'inherit' });
    const changed = readFileSync(file, 'utf8');
    // An editor ends a file with a line break, and a message has none.
    return text.endsWith('\n') ? changed : changed.replace(/\n$/, '');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const portsOf = (stopping: () => boolean): DeadLetterPorts => ({
  desk: (table, connection) =>
    new Desk(
      deskPorts(
        {
          dynamodb: new DynamoDBClient(connectionTo(undefined, connection)),
          lambda: new LambdaClient(connectionTo(undefined, connection)),
          sqs: (queueUrl) => new SQSClient(connectionTo(queueUrl, connection)),
        },
        { table },
      ),
    ),
  sqs: (name, connection) => new SQSClient(connectionTo(name, connection)),
  looks: (connection) =>
    queueLooks({
      cloudwatch: (queue) => new CloudWatchClient(connectionTo(queue, connection)),
      sqs: (queue) => new SQSClient(connectionTo(queue, connection)),
    }),
  say: console.log,
  edit: inEditor,
  stopping,
  // Credentials decide what may be done; the name says who it was.
  actor: { name: `shell:${userInfo().username}`, role: 'admin' },
});

/** What the desk refuses: the command line was right, and nothing failed. */
const REFUSALS = [RefusedError, StaleError, ForbiddenError, PatchError];

export const deadLettersCommand: Command = {
  usage: USAGE,
  async main(args) {
    const stop = new Stop();
    try {
      await deadLetters(
        args,
        portsOf(() => stop.requested),
      );
    } catch (error) {
      if (!REFUSALS.some((kind) => error instanceof kind)) throw error;
      console.error(printable((error as Error).message));
      process.exitCode = 3;
    }
  },
};
