import { isAbsent, SENSITIVE, UNKNOWN, type Value } from './values';

/** 1209600 → "14 days": what a person would say; odd values stay in seconds. */
export function seconds(value: number): string {
  for (const [unit, size] of [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
  ] as const) {
    if (value >= size && value % size === 0) return plural(value / size, unit);
  }
  return `${group(value)} s`;
}

export const plural = (count: number, noun: string): string => `${group(count)} ${noun}${count === 1 ? '' : 's'}`;
/** 1204.4 → "1,204". By hand: loading the locale data of the runtime takes longer than reviewing a small plan. */
export const group = (value: number): string => separated(String(Math.round(value)));
export const dollars = (value: number): string => `$${separated(value.toFixed(2))}`;
const separated = (number: string): string => number.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',');

/** A value for a report: only plain ones, so that no document or secret gets in through a general rule. */
export function shown(value: Value | undefined): string {
  if (value === UNKNOWN) return '(known after apply)';
  if (value === SENSITIVE) return '(sensitive)';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (isAbsent(value)) return '(not set)';
  if (typeof value === 'string') return value.length <= 120 ? value : `${value.slice(0, 117)}…`;
  const texts = Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  return Array.isArray(value) && texts.length === value.length && texts.length <= 5 ? texts.join(', ') : '(changed)';
}

export const list = (items: readonly string[]): string => [...items].sort().join(', ');
