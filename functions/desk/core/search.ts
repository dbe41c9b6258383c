import { type Desk, settingsFor } from './desk';
import type { Letter } from './letter';
import { maskBody } from './masking';
import { asksForContent, type LetterQuery, matchesBody, matchesLetter, mayHold, readQuery } from './query';
import type { Actor } from './roles';
import type { Page } from './store';

/** Letters that are looked into for one page. */
const LOOKED_INTO = 100;

/**
 * Letters of every group that a query holds for, group after group. A page may have none though there is a next one: so many are looked into at a time.
 *
 * @throws RefusedError for a query that can't be read
 */
export async function searchLetters(
  desk: Desk,
  actor: Actor,
  { where, after }: { readonly where: string; readonly after?: string | undefined },
): Promise<Page<Letter>> {
  await desk.permit(actor, 'look', 'letters');
  const query = readQuery(where, desk.ports.now());
  if (query.id !== undefined) return { items: await keepMatching(await ofId(desk, query), query, desk) };
  const groups = (await desk.ports.store.groups())
    .filter((group) => mayHold(group, query))
    .map(({ id }) => id)
    .sort();
  const [atGroup = '', atPosition] = after?.split('|') ?? [];
  const left = groups.filter((id) => id >= atGroup);
  for (const [index, group] of left.entries()) {
    const begin = group === atGroup ? atPosition || undefined : undefined;
    const page = await desk.ports.store.list(group, query.status, LOOKED_INTO, later(begin, query.since));
    const over = query.until !== undefined && page.items.some(({ keptAt }) => keptAt >= (query.until ?? ''));
    const more = over ? undefined : page.next;
    if (page.items.length === 0 && !more) continue;
    const following = left[index + 1];
    const next = more ? `${group}|${more}` : following && `${following}|`;
    return { items: await keepMatching(page.items, query, desk), ...(next && { next }) };
  }
  return { items: [] };
}

/** Where a page begins: after the last one, and not before `since`. */
function later(position: string | undefined, since: string | undefined): string | undefined {
  if (position === undefined || since === undefined) return position ?? since;
  return position > since ? position : since;
}

async function ofId({ ports: { store } }: Desk, query: LetterQuery): Promise<readonly Letter[]> {
  const letters = await store.ofBusinessId(query.id ?? '');
  const groups = (await store.groups()).filter((group) => mayHold(group, query)).map(({ id }) => id);
  return letters.filter(({ group }) => groups.includes(group));
}

async function keepMatching(letters: readonly Letter[], query: LetterQuery, desk: Desk): Promise<readonly Letter[]> {
  const { store } = desk.ports;
  const settings = await store.settings();
  const meant = letters.filter((letter) => matchesLetter(letter, query));
  const found = !asksForContent(query)
    ? meant
    : (
        await Promise.all(
          meant.map(async (letter) => {
            const { body } = await store.content(letter);
            const seen = maskBody(body, settingsFor(letter, settings)?.sensitive ?? []);
            return matchesBody(seen, query) ? [letter] : [];
          }),
        )
      ).flat();
  return found.map((letter) => desk.hidden(letter, settingsFor(letter, settings)));
}
