/** The bytes that mean something in JSON. */
export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
export const OPEN_BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;
export const COMMA = 0x2c;
export const COLON = 0x3a;

/** So long a string is searched natively; for a shorter one the call would take longer than the search. */
const SHORT = 48;

/** The position of the quote that ends the string whose characters begin at `start`; the length of the bytes when it goes on behind them. */
export function quoteFrom(bytes: Uint8Array, start: number): number {
  let at = start;
  for (;;) {
    const end = Math.min(at + SHORT, bytes.length);
    while (at < end) {
      const byte = bytes[at];
      if (byte === QUOTE) return at;
      at += byte === BACKSLASH ? 2 : 1;
    }
    if (at >= bytes.length) return at;
    const quote = bytes.indexOf(QUOTE, at);
    if (quote < 0) return escapedAt(bytes, at, bytes.length) ? bytes.length + 1 : bytes.length;
    if (!escapedAt(bytes, at, quote)) return quote;
    at = quote + 1;
  }
}

/** Whether an odd number of backslashes stands before a position. */
function escapedAt(bytes: Uint8Array, start: number, position: number): boolean {
  let at = position;
  while (at > start && bytes[at - 1] === BACKSLASH) at--;
  return (position - at) % 2 === 1;
}
