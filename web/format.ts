/** Numbers and times as people read them. */

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const oneDecimal = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export const count = (value: number) => whole.format(value);

/** Lambda-seconds: one unit whatever the size, so that lanes can be compared at a glance. `4.2 s`, `87 s`, `1,840 s`. */
export const seconds = (value: number) =>
  value === 0 || value >= 10 ? `${whole.format(value)} s` : `${oneDecimal.format(value)} s`;

/** `4.2 s`, `87 s`, `12 min 05 s`, `3 h 20 min`: never more than two units. */
export function duration(length: number): string {
  const rounded = Math.round(length);
  if (rounded < 120) return seconds(length);
  const minutes = Math.floor(rounded / 60);
  if (minutes < 60) return `${minutes} min ${String(rounded % 60).padStart(2, '0')} s`;
  return `${whole.format(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}

/** Cents as dollars: `$4.80`. */
export const price = (cents: number) => `$${(cents / 100).toFixed(2)}`;

/** Small amounts keep two significant digits, because a second of Lambda costs less than a thousandth of a cent: `$0.00062`, `$1.73`. */
export function cost(usd: number): string {
  if (usd === 0) return '$0';
  if (usd >= 0.1) return `$${usd.toFixed(2)}`;
  const digits = Math.min(8, 1 - Math.floor(Math.log10(usd)));
  return `$${usd.toFixed(digits)}`;
}

/** `just now`, `20 s ago`, `4 min ago`, `3 h ago`. */
export function ago(from: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - from) / 1000));
  if (seconds < 5) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  return `${Math.floor(seconds / 3600)} h ago`;
}

const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hourCycle: 'h23' });

/** The time of day: `14:03:12`. */
export const clock = (milliseconds: number) => time.format(milliseconds);

/** Milliseconds as an age: `2 s old`, `4 min old`. */
export function age(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 120 ? `${count(seconds)} s old` : `${count(Math.floor(seconds / 60))} min old`;
}

/** `Payment`: the name of a dependency at the beginning of a sentence. */
export const capitalized = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

/** `1 order`, `3 orders`. */
export const plural = (value: number, one: string, many = `${one}s`) => `${count(value)} ${value === 1 ? one : many}`;
