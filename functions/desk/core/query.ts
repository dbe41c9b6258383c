import { isLosslessNumber, parse } from 'lossless-json';
import type { Group, Letter, Reason, Status } from './letter';
import { REASONS, STATUSES } from './letter';
import { RefusedError } from './sending';

/** Which letters are looked for. Everything that is given has to hold. */
export interface LetterQuery {
  /** Name or ARN. */
  readonly queue?: string | undefined;
  readonly reason?: Reason | undefined;
  readonly group?: string | undefined;
  readonly owner?: string | undefined;
  readonly status: Status;
  /** Business id. */
  readonly id?: string | undefined;
  /** ISO 8601: when the desk took it. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** Looked for in the body. */
  readonly text?: string | undefined;
  /** Places in the body, and what has to be there. */
  readonly body: readonly { readonly path: string; readonly value: string }[];
}

/** What a query takes, for messages. */
const KEYS = 'queue:, reason:, group:, owner:, status:, id:, since:, until:, text: and body.PATH=';

const TERM =
  /\s*(?:(queue|reason|group|owner|status|id|since|until|text):|body\.([^\s=:"]+)=)(?:"((?:[^"\\]|\\.)*)"|([^\s"]\S*))(?=\s|$)/gy;
const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Reads a query: `queue:orders-repair reason:malformed since:2h body.items.*.size=huge text:"two words"`. The same text stands behind `--where` and in a page's link, after the `#`, where no server logs it.
 *
 * @throws RefusedError that names the term, and what is allowed
 */
export function readQuery(text: string, now: Date): LetterQuery {
  const given: Record<string, string> = {};
  const body: { path: string; value: string }[] = [];
  TERM.lastIndex = 0;
  let end = 0;
  for (let match = TERM.exec(text); match; match = TERM.exec(text)) {
    const [, key, path, quoted, plain = ''] = match;
    const value = quoted?.replace(/\\(.)/g, '$1') ?? plain;
    if (path !== undefined) body.push({ path, value });
    else if (key !== undefined && given[key] !== undefined) throw new RefusedError(`${key}: stands there twice`);
    else if (key !== undefined) given[key] = value;
    end = TERM.lastIndex;
  }
  const rest = text.slice(end).trim();
  if (rest) throw new RefusedError(`"${rest}" is no term of a query; it takes ${KEYS}, with spaces between`);
  const { reason, status = 'open', since, until, ...more } = given;
  return {
    ...more,
    ...{ reason: reason === undefined ? undefined : oneOf('reason', reason, REASONS), body },
    ...{
      status: oneOf('status', status, STATUSES),
      since: moment('since', since, now),
      until: moment('until', until, now),
    },
  };
}

function oneOf<T extends string>(key: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value);
  if (!found) throw new RefusedError(`${key}: is "${value}"; it takes ${allowed.join(', ')}`);
  return found;
}

/** `2h` is two hours ago. */
function moment(key: string, value: string | undefined, now: Date): string | undefined {
  if (value === undefined) return undefined;
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(value) ?? [];
  const time = unit ? now.getTime() - Number(count) * UNITS[unit as keyof typeof UNITS] : Date.parse(value);
  if (Number.isNaN(time)) {
    throw new RefusedError(`${key}: is "${value}"; it takes a time such as 2030-01-31T08:00Z, or 30m, 2h, 7d ago`);
  }
  return new Date(time).toISOString();
}

/** Whether letters of a group may be among those that are looked for. */
export const mayHold = ({ id, cause, owner }: Group, query: LetterQuery): boolean =>
  (query.group === undefined || query.group === id) &&
  (query.reason === undefined || query.reason === cause.reason) &&
  (query.owner === undefined || query.owner === owner) &&
  (query.queue === undefined || cause.queue === query.queue || cause.queue.endsWith(`:${query.queue}`));

/** Whether a letter is one of them, as far as it can be said without its content. */
export const matchesLetter = ({ status, businessId, keptAt }: Letter, query: LetterQuery): boolean =>
  status === query.status &&
  (query.id === undefined || query.id === businessId) &&
  (query.since === undefined || keptAt >= query.since) &&
  (query.until === undefined || keptAt < query.until);

export const asksForContent = ({ text, body }: LetterQuery): boolean => text !== undefined || body.length > 0;

/** Whether a body holds what is looked for. @param body as the one who asks may see it: what is hidden is not found */
export function matchesBody(body: string, { text, body: places }: LetterQuery): boolean {
  if (text !== undefined && !body.includes(text)) return false;
  if (places.length === 0) return true;
  try {
    const document = parse(body);
    return places.every(({ path, value }) => isAt(document, path.split('.'), value));
  } catch {
    return false;
  }
}

function isAt(within: unknown, [step, ...rest]: readonly string[], value: string): boolean {
  if (step === undefined) return (isLosslessNumber(within) ? within.toString() : String(within)) === value;
  if (within === null || typeof within !== 'object' || isLosslessNumber(within)) return false;
  const inner = within as Record<string, unknown>;
  const keys = step === '*' ? Object.keys(inner) : [step].filter((key) => Object.hasOwn(inner, key));
  return keys.some((key) => isAt(inner[key], rest, value));
}
