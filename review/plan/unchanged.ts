import type { Keep } from '../resources';
import { QUOTE } from './bytes';
import { Picker } from './pick';
import { remembered } from './remembered';
import { parseBytes } from './skim';
import { hasMark, isRecord } from './values';

const NO_OP = Buffer.from('"change":{"actions":["no-op"],"before":');
const TYPE = Buffer.from(',"type":"');
const AFTER = Buffer.from(',"after":');
const NOTHING = Buffer.from('null');

/**
 * Reads the changes that change nothing, which most of a plan is: written twice, byte for byte, of which the kept
 * attributes of the first are parsed and nothing else.
 */
export class UnchangedReader {
  private readonly pickers = new Map<string, Picker>();

  constructor(private readonly keep: Keep) {}

  /** @returns undefined for a change that has to be parsed as a whole: one that changes something, holds a secret or is laid out otherwise */
  read(bytes: Buffer): Record<string, unknown> | undefined {
    const start = bytes.indexOf(NO_OP) + NO_OP.length;
    const named = bytes.indexOf(TYPE) + TYPE.length;
    if (start < NO_OP.length || named < TYPE.length || named > start) return undefined;
    const type = bytes.toString('latin1', named, bytes.indexOf(QUOTE, named));
    const picked = remembered(this.pickers, type, () => new Picker(this.keep.namesOf(type))).pick(bytes, start);
    if (!picked) return undefined;
    const { members, end } = picked;
    const again = end + AFTER.length;
    const finish = again + end - start;
    if (finish > bytes.length) return undefined;
    if (bytes.compare(AFTER, 0, AFTER.length, end, again) !== 0) return undefined;
    if (bytes.compare(bytes, start, end, again, finish) !== 0) return undefined;
    const rest = [bytes.subarray(0, start), NOTHING, AFTER, NOTHING, bytes.subarray(finish)];
    const entry = parseBytes(Buffer.concat(rest)) as { type: unknown; change: Record<string, unknown> };
    const { change } = entry;
    if (entry.type !== type || [change.before_sensitive, change.after_sensitive, change.after_unknown].some(hasMark))
      return undefined;
    change.before = members;
    change.after = members;
    return entry;
  }
}

/** Whether a change was read here: only then is it one object twice, of which only what is kept is in it. */
export const isUnchanged = ({ before, after }: Record<string, unknown>): boolean =>
  before === after && isRecord(before);
