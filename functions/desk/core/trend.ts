/** Letters that came in an hour or on a day, UTC. */
export interface Arrivals {
  /** ISO 8601: when it began. */
  readonly from: string;
  readonly letters: number;
}

/** How many letters of a group came, the earliest first. */
export interface Trend {
  /** The last 24, this one among them. */
  readonly hours: readonly Arrivals[];
  /** The last 14, this one among them. */
  readonly days: readonly Arrivals[];
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const HOURS = 24;
/** Days that arrivals are looked at. */
const DAYS = 14;

/** The hour that a moment is in: `2030-01-31T12`. */
export const hourOf = (at: string): string => at.slice(0, 13);

/** When the arrivals of a day may be forgotten, in seconds since 1970: once nobody looks at them. */
export const forgottenAt = (day: string): number => (Date.parse(day) + (DAYS + 1) * DAY_MS) / 1000;

const last = (count: number, now: Date, length: number): readonly string[] =>
  Array.from({ length: count }, (_, index) =>
    new Date(Math.floor(now.getTime() / length) * length - (count - 1 - index) * length).toISOString(),
  );

/** The days whose arrivals make a trend: `2030-01-31`. */
export const daysUntil = (now: Date): readonly string[] => last(DAYS, now, DAY_MS).map((day) => day.slice(0, 10));

/** @param arrivals letters by the hour in which the desk took them */
export function trendOf(arrivals: ReadonlyMap<string, number>, now: Date): Trend {
  const days = new Map<string, number>();
  for (const [hour, letters] of arrivals) days.set(hour.slice(0, 10), (days.get(hour.slice(0, 10)) ?? 0) + letters);
  return {
    hours: last(HOURS, now, HOUR_MS).map((from) => ({ from, letters: arrivals.get(hourOf(from)) ?? 0 })),
    days: last(DAYS, now, DAY_MS).map((from) => ({ from, letters: days.get(from.slice(0, 10)) ?? 0 })),
  };
}
