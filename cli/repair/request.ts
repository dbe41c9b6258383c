import { CONNECTION, readArguments, UsageError } from '../night/command';

export const USAGE = `spillway repair --queue REPAIR_QUEUE_URL                                          show what waits for a person
spillway repair --queue REPAIR_QUEUE_URL --message ID --to MAIN_QUEUE_URL [--body FILE [--new-id]]
                                                  send it again, with the mended body of FILE; how it differs is shown, and the
                                                  message as it was is kept in ./<ID>.json. --new-id: FILE has another id, on purpose
spillway repair --queue REPAIR_QUEUE_URL --message ID --save FILE
                                                  write its body into a new FILE, for --body; the message stays
spillway repair --queue REPAIR_QUEUE_URL --message ID --take FILE
                                                  take it out of the queue into a new FILE, for good
spillway repair --queue REPAIR_QUEUE_URL --all [--reason REASON] --to MAIN_QUEUE_URL
                                                  send all of them again as they are, or those with a REASON: malformed, refused,
                                                  conflict, poison, forgotten, too-large. Stopped half-way, it goes on when it is run again

  --contract FILE  exports the contract of the consumer whose messages these are: what is sent is checked against it. May be given several times; default: the
                   files that "spillway": { "contracts": […] } in package.json names
  --json           prints what waits as lines of JSON

Queue URLs are outputs of the stack, in the shop repair_queue_url and orders_queue_url.
In a FIFO queue a message that is looked at hides those behind it in its group: at most the first ten of a group are seen at once, and what waits
behind one that is left in repair stays there with it. Mend or take the first, then run it again.
${CONNECTION}`;

export type Request = {
  readonly queue: string;
  /** Files that export consumers' contracts; none: those of package.json. */
  readonly contracts: readonly string[];
  readonly region?: string;
  readonly endpoint?: string;
} & (
  | { readonly action: 'show'; readonly json: boolean }
  | {
      readonly action: 'send';
      readonly message: string;
      readonly to: string;
      readonly body?: string;
      readonly newId: boolean;
    }
  | { readonly action: 'save'; readonly message: string; readonly file: string }
  | { readonly action: 'take'; readonly message: string; readonly file: string }
  | { readonly action: 'send-all'; readonly to: string; readonly reason?: string }
);

/**
 * @param reasons that a consumer notes on what it sends to repair
 * @throws UsageError that says what is wrong
 */
export function parseRequest(args: readonly string[], reasons: readonly string[]): Request {
  const string = { type: 'string' } as const;
  const { values, positionals } = readArguments(args, {
    ...{ queue: string, message: string, to: string, body: string, take: string, save: string, reason: string },
    'new-id': { type: 'boolean', default: false },
    contract: { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
  });
  const {
    queue,
    message,
    to,
    body,
    take,
    save,
    reason,
    all,
    json,
    contract: contracts,
    'new-id': newId,
    region,
    endpoint,
  } = values;
  const refuse = (why: string): never => {
    throw new UsageError(why);
  };
  if (positionals.length > 0) return refuse(`"${positionals[0]}" is one word too many`);
  if (!queue) return refuse('--queue is missing');
  if (to === queue) return refuse('--to is the repair queue itself; the main queue is meant');
  const where = { queue, contracts, region, endpoint };
  if (json && (all || message)) return refuse('--json goes with looking alone');
  if (all) {
    if (message || take || save || body || newId)
      return refuse('--all sends messages as they are; --message, --body, --new-id, --save and --take are for one');
    if (reason !== undefined && !reasons.includes(reason))
      return refuse(`--reason is "${reason}"; it takes ${reasons.join(', ')}`);
    return to ? { ...where, action: 'send-all', to, reason } : refuse('--all takes --to: the main queue');
  }
  if (reason) return refuse('--reason goes with --all');
  if (!message) {
    return to || body || take || save || newId ? refuse('--message is missing') : { ...where, action: 'show', json };
  }
  if ([to, take, save].filter((option) => option !== undefined).length !== 1)
    return refuse('--message takes one of --to, --save and --take');
  if (body !== undefined && to === undefined) return refuse('--body goes with --to');
  if (newId && body === undefined) return refuse('--new-id goes with --body');
  if (take !== undefined) return { ...where, action: 'take', message, file: take };
  if (save !== undefined) return { ...where, action: 'save', message, file: save };
  return { ...where, action: 'send', message, to: to as string, body, newId };
}
