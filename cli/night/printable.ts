/**
 * Text that came from elsewhere, for a terminal: a message, a cause or a name may hold control characters, which move the cursor, rewrite what was printed or
 * write to the clipboard; and format characters, which turn its direction.
 */
export const printable = (text: string): string =>
  text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
