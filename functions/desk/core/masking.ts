import { isLosslessNumber, parse, stringify } from 'lossless-json';
import type { QueueSettings } from '../contract';
import type { Content, Letter } from './letter';
import type { Fault } from './queue-settings';

/** What stands for a value that nobody sees. */
export const MASK = '•••';

/** True where a place (`items.0.note`) is one of the sensitive ones (`items.*.note`), or within one, or around one; the whole is around all. */
export function isSensitive(path: string, sensitive: readonly string[]): boolean {
  if (path === '') return sensitive.length > 0;
  const steps = path.split('.');
  return sensitive.some((each) => {
    const pattern = each.split('.');
    const shared = Math.min(pattern.length, steps.length);
    return pattern.slice(0, shared).every((step, index) => step === '*' || step === steps[index]);
  });
}

/** Whether anything of a queue's messages is sensitive. */
export const hasSensitive = ({ sensitive = [], sensitiveAttributes = [] }: QueueSettings): boolean =>
  sensitive.length + sensitiveAttributes.length > 0;

/** Faults as somebody sees them who may not see what is sensitive: a fault's sentence may quote the value. */
export const maskFaults = (faults: readonly Fault[], sensitive: readonly string[]): readonly Fault[] =>
  faults.map((fault) => (isSensitive(fault.path, sensitive) ? { ...fault, message: MASK } : fault));

/** True where the sentence about a letter may quote what is sensitive. */
export const quotes = ({ cause: { path } }: Pick<Letter, 'cause'>, sensitive: readonly string[]): boolean =>
  sensitive.length > 0 && (path === undefined || isSensitive(path, sensitive));

/** A content as somebody sees it who may not see what is sensitive. */
export const maskContent = (
  { body, attributes }: Content,
  { sensitive = [], sensitiveAttributes = [] }: QueueSettings,
): Content => ({
  body: maskBody(body, sensitive),
  attributes: Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => [
      name,
      sensitiveAttributes.includes(name) ? { ...attribute, value: MASK } : attribute,
    ]),
  ),
});

/** A body as somebody sees it who may not see what is sensitive. What can't be read is hidden whole. */
export function maskBody(body: string, sensitive: readonly string[]): string {
  if (sensitive.length === 0) return body;
  try {
    const document = parse(body);
    if (document === null || typeof document !== 'object') return MASK;
    for (const path of sensitive) mask(document, path.split('.'));
    return stringify(document, null, 2) ?? MASK;
  } catch {
    return MASK;
  }
}

function mask(value: unknown, [step, ...rest]: readonly string[]): void {
  if (step === undefined || value === null || typeof value !== 'object' || isLosslessNumber(value)) return;
  const inner = value as Record<string, unknown>;
  const keys = step === '*' ? Object.keys(inner) : [step].filter((key) => Object.hasOwn(inner, key));
  for (const key of keys) {
    if (rest.length === 0) inner[key] = MASK;
    else mask(inner[key], rest);
  }
}
