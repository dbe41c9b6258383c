import { STATUSES, type Status } from '../../functions/desk/core/letter';
import { CONNECTION, readArguments, UsageError } from '../night/command';

export const USAGE = `spillway dead-letters --table DESK_TABLE COMMAND (output desk_table_name; or the environment variable SPILLWAY_DESK_TABLE)

  groups                               what lies at the desk, by cause, with a verdict and its evidence
  queues                               attached queues, and when SQS deletes the first message of each tier
  list GROUP                           its letters; --status STATUS, --text TEXT, --after POSITION
  search [--where QUERY]               letters of all groups, for example --where 'reason:malformed since:2h body.size=huge'; takes
                                       queue:, reason:, group:, owner:, status:, id:, since:, until:, text: and body.PATH=
  timeline --id ID                     what became of a business id: at the consumer, and at the desk
  show LETTER                          its content, faults and history; --reveal shows what is sensitive, and is audited
  edit LETTER                          in $EDITOR, or --body FILE; --new-id: another business id, on purpose
  send LETTER                          to its main queue
  set-aside | discard LETTER --why TEXT
  reopen LETTER                        what was set aside or discarded
  release GROUP                        send it again in waves; --patch FILE: a JSON Patch that is made to each first;
                                       --dry-run: shows what it would do; --largest-wave N: 1 to 100;
                                       --rate N: messages a second after the first waves, 1 to 100
  releases | approve | pause | cancel RELEASE
  resume RELEASE                       goes on with it in this shell, whether it was paused or its worker is out
  describe GROUP [--owner NAME] [--note TEXT]
  comment GROUP | LETTER --text TEXT
  history GROUP                        what was done to it and said of it
  trend GROUP                          how many letters came, hour by hour and day by day
  attach --queue ARN [--to MAIN_QUEUE_URL] [--schema FILE] [--id PATH] [--sensitive PATH,PATH]
         [--sensitive-attributes NAME,NAME] [--approval-above LETTERS]
                                       what is known of a queue of dead letters, whoever made it
  take --queue ARN                     takes what lies in it into the desk, once
  audit --day 2030-01-31               who did what, as NDJSON

  --version    of the letter that was looked at; default: the present one
  --json       for scripts
${CONNECTION}
Exit code 1: failed; 2: wrong command line; 3: refused, or somebody else was first.`;

const OPTIONS = {
  table: { type: 'string', default: process.env.SPILLWAY_DESK_TABLE },
  status: { type: 'string' },
  text: { type: 'string' },
  where: { type: 'string' },
  after: { type: 'string' },
  reveal: { type: 'boolean' },
  body: { type: 'string' },
  'new-id': { type: 'boolean' },
  why: { type: 'string' },
  patch: { type: 'string' },
  'dry-run': { type: 'boolean' },
  'largest-wave': { type: 'string' },
  rate: { type: 'string' },
  'approval-above': { type: 'string' },
  owner: { type: 'string' },
  note: { type: 'string' },
  queue: { type: 'string' },
  to: { type: 'string' },
  schema: { type: 'string' },
  id: { type: 'string' },
  sensitive: { type: 'string' },
  'sensitive-attributes': { type: 'string' },
  day: { type: 'string' },
  version: { type: 'string' },
  json: { type: 'boolean' },
} as const;

type Option = keyof typeof OPTIONS | 'region' | 'endpoint';

/** Command → whether it names something, and the options that it takes beside those that every command takes. */
const COMMANDS: Readonly<Record<string, { readonly of?: string; readonly options: readonly Option[] }>> = {
  groups: { options: [] },
  queues: { options: [] },
  list: { of: 'GROUP', options: ['status', 'text', 'after'] },
  search: { options: ['where', 'after'] },
  timeline: { options: ['id'] },
  show: { of: 'LETTER', options: ['reveal'] },
  edit: { of: 'LETTER', options: ['body', 'new-id', 'version'] },
  send: { of: 'LETTER', options: ['version'] },
  'set-aside': { of: 'LETTER', options: ['why', 'version'] },
  discard: { of: 'LETTER', options: ['why', 'version'] },
  reopen: { of: 'LETTER', options: ['version'] },
  release: { of: 'GROUP', options: ['patch', 'dry-run', 'largest-wave', 'rate'] },
  releases: { options: [] },
  approve: { of: 'RELEASE', options: [] },
  pause: { of: 'RELEASE', options: [] },
  resume: { of: 'RELEASE', options: [] },
  cancel: { of: 'RELEASE', options: [] },
  describe: { of: 'GROUP', options: ['owner', 'note'] },
  comment: { of: 'GROUP or LETTER', options: ['text'] },
  history: { of: 'GROUP', options: [] },
  trend: { of: 'GROUP', options: [] },
  attach: { options: ['queue', 'to', 'schema', 'id', 'sensitive', 'sensitive-attributes', 'approval-above'] },
  take: { options: ['queue'] },
  audit: { options: ['day', 'after'] },
};
const EVERYWHERE: readonly Option[] = ['table', 'json', 'region', 'endpoint'];

/** What a command line asks for. */
export interface Request {
  readonly command: string;
  /** The letter, group or release; empty where the command names none. */
  readonly of: string;
  readonly table: string;
  readonly values: Readonly<Partial<Record<Option, string | boolean>>>;
}

/** A value of a text option. */
export const textOf = ({ values }: Request, name: Option): string | undefined => {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
};

/** @throws UsageError */
export function parseRequest(args: readonly string[]): Request {
  const { values, positionals } = readArguments(args, OPTIONS);
  const [command = '', of = '', ...rest] = positionals;
  const known = COMMANDS[command];
  if (!known) {
    throw new UsageError(
      `${command ? `"${command}" is no command` : 'a command is missing'}: ${Object.keys(COMMANDS).join(', ')}`,
    );
  }
  if (known.of && !of) throw new UsageError(`${command} needs a ${known.of}`);
  const surplus = known.of ? rest : [of, ...rest].filter(Boolean);
  if (surplus.length > 0) throw new UsageError(`${command} takes no "${surplus[0]}"`);
  const given = Object.keys(values).filter((name) => values[name as Option] !== undefined) as Option[];
  const wrong = given.find((name) => !EVERYWHERE.includes(name) && !known.options.includes(name));
  if (wrong) throw new UsageError(`${command} takes no --${wrong}`);
  if (!values.table) throw new UsageError('--table is missing (output desk_table_name)');
  return { command, of, table: values.table, values };
}

/** @throws UsageError */
export function statusOf(request: Request): Status | undefined {
  const given = textOf(request, 'status');
  const status = STATUSES.find((each) => each === given);
  if (given !== undefined && !status) throw new UsageError(`--status is "${given}"; it takes ${STATUSES.join(', ')}`);
  return status;
}

/** A whole number. @throws UsageError */
export function numberOf(request: Request, name: Option): number | undefined {
  const given = textOf(request, name);
  if (given === undefined) return undefined;
  if (!/^\d{1,9}$/.test(given)) throw new UsageError(`--${name} is "${given}"; it takes a whole number`);
  return Number(given);
}

/** @throws UsageError */
export function needed(request: Request, name: Option): string {
  const given = textOf(request, name);
  if (!given) throw new UsageError(`${request.command} needs --${name}`);
  return given;
}
