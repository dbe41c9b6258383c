import { Validator } from '@cfworker/json-schema';
import { isLosslessNumber, parse } from 'lossless-json';
import type { QueueSettings } from '../contract';

/** What is wrong with a body, and where. */
export interface Fault {
  /** `items.0.size`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

/** Bytes of a body that is looked into; a larger one is only kept and sent. SQS's own limit is 1,048,576. Source: SQS guide, "Message quotas". */
const MAXIMUM_BYTES = 1_048_576;

/** Why a body doesn't fit what its consumer takes; none where nothing is known of it. */
export function faultsOf(body: string, settings: QueueSettings | undefined): readonly Fault[] {
  if (!settings?.schema) return [];
  const read = readBody(body);
  if ('fault' in read) return [{ path: '', message: read.fault }];
  // What fits none of an `anyOf` is said once for each; the deepest says where it is.
  const { valid, errors } = new Validator(settings.schema, '2020-12', false).validate(read.value);
  if (valid) return [];
  const faults = errors.map(({ instanceLocation, error }) => ({ path: placeOf(instanceLocation), message: error }));
  const leaves = faults.filter(({ path }) => !faults.some((other) => isWithin(other.path, path)));
  return unique(leaves.length > 0 ? leaves : faults);
}

const isWithin = (inner: string, outer: string): boolean =>
  inner !== outer && (outer === '' || inner.startsWith(`${outer}.`));

const unique = (faults: readonly Fault[]): readonly Fault[] =>
  faults.filter(
    ({ path, message }, index) =>
      faults.findIndex((other) => other.path === path && other.message === message) === index,
  );

/** `#/items/0/size` → `items.0.size`. */
const placeOf = (location: string): string =>
  location
    .replace(/^#\/?/, '')
    .split('/')
    .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.');

function readBody(body: string): { readonly value: unknown } | { readonly fault: string } {
  if (body.length > MAXIMUM_BYTES) return { fault: `The body has more than ${MAXIMUM_BYTES} bytes.` };
  try {
    return { value: JSON.parse(body) };
  } catch (error) {
    return { fault: `The body is not JSON: ${(error as Error).message}` };
  }
}

/** The business id of a body, to the digit, where it has one. */
export function businessIdOf(body: string, settings: QueueSettings | undefined): string | undefined {
  if (!settings?.idPath) return undefined;
  try {
    const found = settings.idPath.split('.').reduce<unknown>((inner, key) => {
      if (inner === null || typeof inner !== 'object' || !Object.hasOwn(inner, key)) return undefined;
      return (inner as Record<string, unknown>)[key];
    }, parse(body));
    const id = isLosslessNumber(found) ? found.toString() : found;
    return typeof id === 'string' && id.length > 0 && id.length <= 512 ? id : undefined;
  } catch {
    return undefined;
  }
}
