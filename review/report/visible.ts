/**
 * Characters that nobody sees but that change what is read: control characters, and those of Unicode's class Cf such as U+202E, which turns the rest of a line around.
 * Whoever opens a pull request chooses names and keys.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** A text in which every character shows: `U+202E` instead of the character. White space becomes a space. */
export const visible = (text: string): string =>
  text.replace(/[\t\n\r]/g, ' ').replace(UNSEEN, (character) => `‹U+${hexadecimal(character.codePointAt(0) ?? 0)}›`);

/** The same of a text whose lines matter. */
export const visibleLines = (text: string): string => text.split('\n').map(visible).join('\n');

/** The same in JSON, where the value has to stay: as an escape. */
export const visibleJson = (json: string): string =>
  json.replace(/[\p{Cf}\u2028\u2029]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join(''),
  );

const hexadecimal = (code: number) => code.toString(16).toUpperCase().padStart(4, '0');
