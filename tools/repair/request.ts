import { CONNECTION, readArguments, UsageError } from '../night/command';

export const USAGE = `npm run repair -- --queue REPAIR_QUEUE_URL                                          show what waits for a person
npm run repair -- --queue REPAIR_QUEUE_URL --message ID --to MAIN_QUEUE_URL [--body FILE]
                                                  send it again, with the mended body of FILE
npm run repair -- --queue REPAIR_QUEUE_URL --message ID --take FILE
                                                  take it out of the queue into a new FILE, for good
npm run repair -- --queue REPAIR_QUEUE_URL --all [--reason REASON] --to MAIN_QUEUE_URL
                                                  send all of them again as they are, or those with a REASON: malformed, rejected,
                                                  poison, conflict. Stopped half-way, it goes on when it is run again

Queue URLs are the stack's outputs repair_queue_url and orders_queue_url.
In a FIFO queue a message that is looked at hides those behind it in its group: at most the first ten of a group are seen at once, and what waits
behind one that is left in repair stays there with it. Mend or take the first, then run it again.
${CONNECTION}`;

export type Request = {
  readonly queue: string;
  readonly region?: string;
  readonly endpoint?: string;
} & (
  | { readonly action: 'show' }
  | { readonly action: 'send'; readonly message: string; readonly to: string; readonly body?: string }
  | { readonly action: 'take'; readonly message: string; readonly file: string }
  | { readonly action: 'send-all'; readonly to: string; readonly reason?: string }
);

/** @throws UsageError that says what is wrong */
export function parseRequest(args: readonly string[]): Request {
  const string = { type: 'string' } as const;
  const { values, positionals } = readArguments(args, {
    ...{ queue: string, message: string, to: string, body: string, take: string, reason: string },
    all: { type: 'boolean', default: false },
  });
  const { queue, message, to, body, take, reason, all, region, endpoint } = values;
  const refuse = (why: string): never => {
    throw new UsageError(why);
  };
  if (positionals.length > 0) return refuse(`"${positionals[0]}" is one word too many`);
  if (!queue) return refuse('--queue is missing');
  if (to === queue) return refuse('--to is the repair queue itself; the main queue is meant');
  const where = { queue, region, endpoint };
  if (all) {
    if (message || take || body)
      return refuse('--all sends messages as they are; --message, --body and --take are for one');
    return to ? { ...where, action: 'send-all', to, reason } : refuse('--all takes --to: the main queue');
  }
  if (reason) return refuse('--reason goes with --all');
  if (!message) return to || body || take ? refuse('--message is missing') : { ...where, action: 'show' };
  if ((to === undefined) === (take === undefined)) return refuse('--message takes either --to or --take');
  if (take !== undefined) {
    return body ? refuse('--body goes with --to') : { ...where, action: 'take', message, file: take };
  }
  return { ...where, action: 'send', message, to: to as string, body };
}
