import { applyPatch, type Operation } from 'fast-json-patch';
import { isLosslessNumber, parse, stringify } from 'lossless-json';

/** A patch that can't be used: says which part of it, and why. */
export class PatchError extends Error {
  override readonly name = 'PatchError';
}

const OPERATIONS = ['add', 'remove', 'replace', 'move', 'copy', 'test'];

/** Reads a JSON Patch (RFC 6902), its numbers to the digit. @throws PatchError */
export function readPatch(text: string): readonly Operation[] {
  let patch: unknown;
  try {
    patch = parse(text);
  } catch (error) {
    throw new PatchError(`the patch is not JSON: ${(error as Error).message}`);
  }
  if (!Array.isArray(patch) || patch.length === 0) {
    throw new PatchError('a patch is a list such as [{"op": "replace", "path": "/size", "value": "small"}]');
  }
  for (const [index, each] of patch.entries()) {
    const { op, path } = (each ?? {}) as { op?: unknown; path?: unknown };
    if (typeof op !== 'string' || !OPERATIONS.includes(op) || typeof path !== 'string') {
      throw new PatchError(`operation ${index} of the patch needs an op (${OPERATIONS.join(', ')}) and a path`);
    }
  }
  return patch as Operation[];
}

/** Makes one change to a body, and keeps every number as its sender wrote it. @throws PatchError for a body that it doesn't fit */
export function applyTo(body: string, patch: readonly Operation[]): string {
  try {
    const document = parse(body);
    let current: unknown = document;
    for (const operation of patch)
      current = applyPatch(current, [lossless(operation, current)], true, true).newDocument;
    const text = stringify(current);
    if (text === undefined || text === 'null') throw new Error('nothing would be left of the message');
    return text;
  } catch (error) {
    throw new PatchError(`the patch doesn't fit: ${(error as Error).message.split('\n')[0]}`);
  }
}

/** The library copies values through JSON, which would make an object of a number that is kept to the digit: a copy is an `add` of a value that is read anew. */
function lossless(operation: Operation, document: unknown): Operation {
  if (operation.op === 'copy') {
    const value = at(document, operation.from);
    return { op: 'add', path: operation.path, value: again(value) };
  }
  // One value must not become part of many bodies.
  return 'value' in operation ? ({ ...operation, value: again(operation.value) } as Operation) : operation;
}

const again = (value: unknown): unknown => parse(stringify(value) ?? 'null');

function at(document: unknown, pointer: string): unknown {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return steps.reduce<unknown>((inner, key) => {
    if (inner === null || typeof inner !== 'object' || isLosslessNumber(inner) || !Object.hasOwn(inner, key)) {
      throw new Error(`there is nothing at ${pointer}`);
    }
    return (inner as Record<string, unknown>)[key];
  }, document);
}
