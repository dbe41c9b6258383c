import { REASONS, STATUSES } from '../../functions/desk/core/letter';

/**
 * Where somebody is on the page, and what they filter by: the part of the address behind `#`, which no server is sent. A link to it is a saved filter.
 */
export interface Place {
  readonly group?: string | undefined;
  readonly letter?: string | undefined;
  /** A query for letters of every group. */
  readonly where?: string | undefined;
  /** What stands before a consumer, by the ARN of its queue of dead letters. */
  readonly consumer?: string | undefined;
  readonly queue?: string | undefined;
  readonly reason?: string | undefined;
  readonly verdict?: string | undefined;
  /** Of the letters of a group. */
  readonly status?: string | undefined;
}

/** What a name of each kind takes; anything else in an address is passed over. */
const TAKES: Readonly<Record<keyof Place, (value: string) => boolean>> = {
  where: (value) => value.length <= 2000,
  consumer: (value) => /^[\w:.-]{1,256}$/.test(value),
  queue: (value) => /^[\w:.-]{1,256}$/.test(value),
  reason: (value) => (REASONS as readonly string[]).includes(value),
  verdict: (value) => ['fix', 'release', 'leave'].includes(value),
  group: (value) => /^[\w-]{1,64}$/.test(value),
  letter: (value) => /^[\w-]{1,64}$/.test(value),
  status: (value) => (STATUSES as readonly string[]).includes(value),
};
const NAMES = Object.keys(TAKES) as (keyof Place)[];

export function readPlace(hash: string): Place {
  const said = new URLSearchParams(hash.replace(/^#/, ''));
  return Object.fromEntries(
    NAMES.flatMap((name) => {
      const value = said.get(name);
      return value !== null && TAKES[name](value) ? [[name, value]] : [];
    }),
  );
}

export function linkTo(place: Place): string {
  const given = NAMES.flatMap((name) => (place[name] === undefined ? [] : [[name, place[name]] as [string, string]]));
  return `#${new URLSearchParams(given)}`;
}
