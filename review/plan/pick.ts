import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  quoteFrom,
} from './bytes';
import { parseBytes } from './skim';

/** Members of an object, and the position behind its closing brace. */
export interface Picked {
  readonly members: Record<string, unknown>;
  readonly end: number;
}

/** Reads of JSON objects only the members with these names; the others are stepped over without being parsed. */
export class Picker {
  /** The names by their length, which tells most of the others apart at once. */
  private readonly wanted: (readonly Uint8Array[] | undefined)[] = [];
  private text = Buffer.allocUnsafe(1 << 12);

  constructor(names: readonly string[]) {
    for (const name of names) {
      const bytes = Buffer.from(name);
      this.wanted[bytes.length] = [...(this.wanted[bytes.length] ?? []), bytes];
    }
  }

  /** @returns undefined where the object at `start` is laid out in a way that only a parser of the whole reads: with spaces, or a name with escapes */
  pick(bytes: Buffer, start: number): Picked | undefined {
    if (bytes[start] !== OPEN_BRACE) return undefined;
    this.text[0] = OPEN_BRACE;
    let length = 1;
    // Members that stand side by side are copied together.
    let [from, until] = [start, start - 1];
    let at = start;
    if (bytes[start + 1] === CLOSE_BRACE) at += 1;
    else
      do {
        const name = at + 2;
        if (bytes[at + 1] !== QUOTE) return undefined;
        const quote = quoteFrom(bytes, name);
        if (bytes[quote + 1] !== COLON) return undefined;
        const end = valueEnd(bytes, quote + 2);
        if (end === undefined) return undefined;
        const known = this.isWanted(bytes, name, quote);
        if (known === undefined) return undefined;
        if (known) {
          if (until !== at) {
            length = this.copy(bytes, from, until, length);
            from = at + 1;
          }
          until = end;
        }
        at = end;
      } while (bytes[at] === COMMA);
    if (bytes[at] !== CLOSE_BRACE) return undefined;
    length = this.copy(bytes, from, until, length);
    this.text[length] = CLOSE_BRACE;
    return { members: parseBytes(this.text.subarray(0, length + 1)) as Record<string, unknown>, end: at + 1 };
  }

  private copy(bytes: Buffer, from: number, until: number, length: number): number {
    if (from >= until) return length;
    const more = length + until - from + 2;
    if (more > this.text.length) this.text = Buffer.concat([this.text], 2 * more);
    let to = length;
    if (to > 1) this.text[to++] = COMMA;
    bytes.copy(this.text, to, from, until);
    return to + until - from;
  }

  /** Undefined of a name with escapes. */
  private isWanted(bytes: Buffer, start: number, end: number): boolean | undefined {
    for (const name of this.wanted[end - start] ?? []) {
      let at = 0;
      while (at < name.length && bytes[start + at] === name[at]) at++;
      if (at === name.length) return true;
    }
    for (let at = start; at < end; at++) if (bytes[at] === BACKSLASH) return undefined;
    return false;
  }
}

/** The position behind the value at `start`; undefined when it has no end. */
function valueEnd(bytes: Buffer, start: number): number | undefined {
  let at = start;
  let depth = 0;
  while (at < bytes.length) {
    const byte = bytes[at++];
    if (byte === QUOTE) {
      at = quoteFrom(bytes, at) + 1;
      if (depth === 0) return at;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (depth === 0) return at - 1;
      if (--depth === 0) return at;
    } else if (byte === COMMA && depth === 0) return at - 1;
  }
  return undefined;
}
