// `spillway replay`: puts archived events of a time on their bus again. EventBridge does it, at its own pace; this says beforehand what that will do, and never starts the same replay twice.
import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import {
  CancelReplayCommand,
  DescribeReplayCommand,
  type DescribeReplayResponse,
  EventBridgeClient,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
  StartReplayCommand,
} from '@aws-sdk/client-eventbridge';
import { CONNECTION, type Command, readArguments, UsageError } from './night/command';
import { connectionTo } from './night/connection';
import { printable } from './night/printable';

const USAGE = `spillway replay --bus ARN --from TIME --to TIME [--rule NAME]… [--dry-run] [--watch] [--again N]
spillway replay status NAME --bus ARN
spillway replay cancel NAME --bus ARN

  --bus        the event bus, by its ARN; default: the environment variable EVENT_BUS_ARN
  --archive    name of its archive; default: that of the bus, as the module event-bus calls it
  --from --to  ISO 8601 with its zone: 2026-12-31T18:00:00Z; the events' own times count, and --to is at least 10 minutes ago
  --rule       only to this rule of the bus; may be given several times. Default: every rule that takes replays
  --dry-run    changes nothing; says what it would do
  --watch      tells how it gets on until it has ended, every five seconds
  --again      the same events once more, for the Nth time: 2 to 99. Without it a replay that was started already is only shown
  --json       prints each report as a line of JSON
${CONNECTION}

EventBridge takes no rate. For one of your own, replay to a rule that delivers to a queue: the maximumConcurrency of the
queue's consumer is what its dependency sees.`;

/** Events may reach the archive so late. Source: EventBridge guide, "Archiving and replaying events", considerations. */
const ARCHIVED_AFTER_MS = 10 * 60_000;
const BUS = /^arn:([\w-]+):events:([a-z0-9-]+):(\d{12}):event-bus\/([\w./-]{1,256})$/;

/** What is asked of EventBridge. */
export interface Plan {
  readonly name: string;
  readonly busArn: string;
  readonly archiveArn: string;
  readonly from: Date;
  readonly to: Date;
  /** ARNs; none: every rule. */
  readonly rules: readonly string[];
}

type Request =
  | { readonly kind: 'start'; readonly plan: Plan }
  | { readonly kind: 'status' | 'cancel'; readonly name: string };

function moment(option: string, text: string | undefined): Date {
  if (text === undefined) throw new UsageError(`--${option} is missing`);
  if (/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text))) return new Date(text);
  throw new UsageError(`--${option} is "${text}"; it takes a time with its zone, such as 2026-12-31T18:00:00Z`);
}

/** The same events to the same rules are the same replay: asked again, as after an answer that was lost, it is found instead of started a second time. */
function nameOf(asked: Omit<Plan, 'name'>, again: string | undefined): string {
  const { archiveArn, from, to, rules } = asked;
  const hash = createHash('sha256')
    .update(JSON.stringify([archiveArn, from, to, [...rules].sort()]))
    .digest('hex');
  const day = from.toISOString().slice(0, 16).replaceAll(/[:-]/g, '');
  return `spillway-${day}-${hash.slice(0, 12)}${again === undefined ? '' : `-${again}`}`;
}

/** What the command line asks for. @throws UsageError when it makes no sense */
export function requestOf(parameters: readonly string[], now: number) {
  const { values, positionals } = readArguments(parameters, {
    bus: { type: 'string', default: process.env.EVENT_BUS_ARN },
    archive: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    rule: { type: 'string', multiple: true, default: [] },
    again: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
    watch: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  });
  const { bus, again, region, endpoint, watch, json, 'dry-run': dryRun } = values;
  if (!bus) throw new UsageError('--bus is missing');
  const [, partition = '', where = '', account = '', busName = ''] = BUS.exec(bus) ?? [];
  if (!busName)
    throw new UsageError(
      `--bus is "${bus}"; it takes the ARN of a bus, arn:aws:events:<region>:<account>:event-bus/<name>`,
    );
  const common = { busArn: bus, watch, json, dryRun, connection: { region, endpoint } };
  const [word, name, ...more] = positionals;
  if (word !== undefined) {
    if (word !== 'status' && word !== 'cancel')
      throw new UsageError(`"${word}" is no command; there are status and cancel`);
    if (!name || more.length > 0) throw new UsageError(`${word} takes the name of one replay`);
    return { ...common, request: { kind: word, name } satisfies Request };
  }
  if (dryRun && watch) throw new UsageError('--dry-run changes nothing, so there is nothing to --watch');
  const [from, to] = [moment('from', values.from), moment('to', values.to)];
  if (from >= to) throw new UsageError(`--from is not before --to`);
  if (to.getTime() > now - ARCHIVED_AFTER_MS)
    throw new UsageError(
      `--to is ${to.toISOString()}; events may reach the archive 10 minutes late, so at present it takes ${new Date(now - ARCHIVED_AFTER_MS).toISOString()} at most`,
    );
  if (again !== undefined && !/^([2-9]|[1-9]\d)$/.test(again))
    throw new UsageError(`--again is "${again}"; it takes a whole number, 2 to 99`);
  const own = `arn:${partition}:events:${where}:${account}`;
  const asked = {
    busArn: bus,
    archiveArn: `${own}:archive/${values.archive ?? busName}`,
    from,
    to,
    rules: values.rule.map((rule) => `${own}:rule/${busName}/${rule}`),
  };
  return { ...common, request: { kind: 'start', plan: { ...asked, name: nameOf(asked, again) } } satisfies Request };
}

/** What a replay does, for people. */
export function say({ name, archiveArn, from, to, rules }: Plan, dryRun: boolean): string {
  const minutes = Math.ceil((to.getTime() - from.getTime()) / 60_000);
  const short = (arn: string) => arn.split('/').at(-1);
  const lines = [
    `${dryRun ? 'would replay' : 'replays'} the events of ${from.toISOString()} to ${to.toISOString()} (${minutes} min) out of the archive ${short(archiveArn)}`,
    rules.length > 0
      ? `  to ${rules.map(short).join(', ')} alone: all of its targets act on them again`
      : '  to every rule of the bus but those that ignore replays: all of their targets act on them again. Name one with --rule',
    "  minute by minute by the events' own times; within a minute in any order, and at EventBridge's pace: it takes no rate. Targets that can't bear that belong behind a queue",
    `  name: ${name}`,
  ];
  return lines.map(printable).join('\n');
}

/** How a replay gets on, for people. */
export function line({
  ReplayName,
  State,
  StateReason,
  EventLastReplayedTime,
  EventEndTime,
}: DescribeReplayResponse): string {
  const reached = EventLastReplayedTime ? ` has reached ${EventLastReplayedTime.toISOString()}` : '';
  const end = EventEndTime ? ` of ${EventEndTime.toISOString()}` : '';
  return printable(`${ReplayName}: ${State}${reached}${reached && end}${StateReason ? ` (${StateReason})` : ''}`);
}

const GOES_ON = ['STARTING', 'RUNNING', 'CANCELLING'];

export const replay: Command = {
  usage: USAGE,
  async main(args) {
    const { request, busArn, watch, json, dryRun, connection } = requestOf(args, Date.now());
    if (request.kind === 'start') {
      if (!json) console.log(say(request.plan, dryRun));
      else if (dryRun) console.log(JSON.stringify(request.plan));
      if (dryRun) return;
    }
    const client = new EventBridgeClient(connectionTo(busArn, connection));
    const name = request.kind === 'start' ? request.plan.name : request.name;
    try {
      if (request.kind === 'start') await start(client, request.plan);
      if (request.kind === 'cancel') await client.send(new CancelReplayCommand({ ReplayName: name }));
      for (;;) {
        const { $metadata: _, ...found } = await client.send(new DescribeReplayCommand({ ReplayName: name }));
        console.log(json ? JSON.stringify(found) : line(found));
        if (found.State === 'FAILED') process.exitCode = 1;
        if (!watch || !GOES_ON.includes(found.State ?? '')) return;
        await wait(5000);
      }
    } catch (error) {
      if (request.kind !== 'start' || !(error instanceof ResourceNotFoundException)) throw error;
      throw new Error(
        `${error.message} (the bus's archive is looked for as ${request.plan.archiveArn}; another one: --archive)`,
      );
    } finally {
      client.destroy();
    }
  },
};

async function start(client: EventBridgeClient, { name, busArn, archiveArn, from, to, rules }: Plan): Promise<void> {
  try {
    await client.send(
      new StartReplayCommand({
        ReplayName: name,
        EventSourceArn: archiveArn,
        EventStartTime: from,
        EventEndTime: to,
        Destination: { Arn: busArn, ...(rules.length > 0 && { FilterArns: [...rules] }) },
      }),
    );
  } catch (error) {
    if (!(error instanceof ResourceAlreadyExistsException)) throw error;
    console.log('it was started before, and is not started again; to have these events once more: --again 2');
  }
}
