import { parse, stringify } from 'lossless-json';

/** A body as a person reads it, and the way back. */
export interface Layout {
  readonly text: string;
  /** The body again: to the byte, where nothing was changed. */
  restore(text: string): string;
}

const same = (text: string) => text;

/**
 * JSON in one line is laid out in many; what was written differently stays as it was written. Digits stay as they are (`1.10`), and whatever would not come back to the byte is left alone.
 */
export function layOut(body: string): Layout {
  const compact = respace(body);
  if (compact === undefined || compact !== body) return { text: body, restore: same };
  return { text: respace(body, 2) ?? body, restore: (text) => respace(text) ?? text };
}

function respace(text: string, spaces?: number): string | undefined {
  try {
    const value = parse(text);
    return value !== null && typeof value === 'object' ? stringify(value, null, spaces) : undefined;
  } catch {
    return undefined;
  }
}

/** Laid out for looking at, whatever its layout was. */
export const readable = (body: string): string => respace(body, 2) ?? body;
