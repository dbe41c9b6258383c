import { visible, visibleLines } from './visible';

/** Whoever opens a pull request chooses names and keys: none of them may become markup, a link or a mention, or turn around what is read. */
export function safe(text: string): string {
  return escaped(visible(text)).replace(/ +/g, ' ');
}

export const code = (text: string): string => `<code>${safe(text)}</code>`;

/** An entity alone is not enough: some renderers look for links once it is decoded. `<wbr>` parts what would be one, and is nothing to a reader or in what is copied. */
const escaped = (text: string) =>
  text
    .replace(/[&<>|[\]`*~#\\]/g, entity)
    .replace(/:(?=\/\/)|@/g, (character) => `${entity(character)}<wbr>`)
    .replace(/(?<=www)\./gi, (dot) => `<wbr>${entity(dot)}`);
const entity = (character: string) => `&#${character.charCodeAt(0)};`;

/** Our own sentences, with code in backticks; of several lines it is a block to copy, since Terraform minds the lines. */
export function prose(text: string): string {
  return text
    .split(/`([^`]*)`/)
    .map((part, index) =>
      index % 2 === 0
        ? safe(part)
        : part.includes('\n')
          ? `\n\n<pre>${escaped(visibleLines(part))}</pre>\n`
          : code(part),
    )
    .join('');
}
