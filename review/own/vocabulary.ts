import { changes, touched } from '../graph/change';
import type { Messaging } from '../graph/messaging';
import { type Reader, readersOf } from '../graph/readers';
import { existsOn, type Side, survives } from '../graph/side';
import { seconds, shown } from '../plan/format';
import type { Resource } from '../plan/model';
import { booleanOf, isAbsent, isOpen, numberOf, type Value, valueAt } from '../plan/values';
import { isKept, type Reads } from '../resources';

/**
 * What a rule of one's own asks with. It comes with the context, so that a file of rules imports types only and works
 * beside the single file, where no package is installed.
 */
export interface Vocabulary {
  /** The value at a path such as `redrive_policy` or `tags.owner`, `scaling_config.0.maximum_concurrency`. */
  read(resource: Resource, side: Side, path: string): Value | undefined;
  numberOn(resource: Resource, side: Side, path: string): number | undefined;
  booleanOn(resource: Resource, side: Side, path: string): boolean | undefined;
  /** Of a number that is known on both sides and differs. */
  numberChange(resource: Resource, path: string): { before: number; after: number } | undefined;
  /** Made, updated or replaced by this plan. */
  touched(resource: Resource): boolean;
  /** The plan does something with it, destroying included. */
  changes(resource: Resource): boolean;
  existsOn(resource: Resource, side: Side): boolean;
  /** There before and after, and the same thing. */
  survives(resource: Resource): boolean;
  /** Known only after the apply, or sensitive: never to be told as a change. */
  isOpen(value: Value | undefined): boolean;
  /** Not set: null, an empty text, list or block, or false. */
  isAbsent(value: Value | undefined): boolean;
  /** Who takes messages or records out of a queue, stream, table or broker. */
  readersOf(source: Resource, side: Side): readonly Reader[];
  /** A value for a report; documents and secrets are left out. */
  shown(value: Value | undefined): string;
  /** 1209600 → "14 days" */
  seconds(value: number): string;
}

/** @throws what a read attribute that nobody keeps would hide: it would always be undefined */
export function vocabulary(graph: Messaging, reads: Reads = {}): Vocabulary {
  const read = (resource: Resource, side: Side, path: string) => {
    if (!isKept(resource.type, path, reads)) {
      const [attribute] = path.split('.');
      throw new Error(
        `it reads ${attribute} of ${resource.type}, which is not kept; add \`reads: { ${resource.type}: ['${attribute}'] }\` to the rule`,
      );
    }
    return valueAt(resource[side], path);
  };
  const numberOn = (resource: Resource, side: Side, path: string) => numberOf(read(resource, side, path));
  return {
    read,
    numberOn,
    booleanOn: (resource, side, path) => booleanOf(read(resource, side, path)),
    numberChange: (resource, path) => {
      if (resource.action !== 'update' && resource.action !== 'replace') return undefined;
      const [before, after] = [numberOn(resource, 'before', path), numberOn(resource, 'after', path)];
      return before === undefined || after === undefined || before === after ? undefined : { before, after };
    },
    ...{ touched, changes, existsOn, survives, isOpen, isAbsent, shown, seconds },
    readersOf: (source, side) => readersOf(graph, source, side),
  };
}
