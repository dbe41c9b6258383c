import type { CanaryColour } from '../../runtime/ports';
import type { QueueSettings } from '../contract';
import type { Letter } from './letter';
import { type OutcomePorts, settleOutcomes } from './outcome';
import { applyTo, PatchError, readPatch } from './patch';
import { businessIdOf, faultsOf } from './queue-settings';
import { decideRelease, type Release, takenOf, usedUntil } from './release';
import { RefusedError, type SendingPorts, sendAgain } from './sending';
import { type DeskStore, StaleError } from './store';

/** Letters that are sent on their own belong to this one. */
export const SINGLE = 'single';

export interface ReleasePorts extends SendingPorts, OutcomePorts {
  readonly store: DeskStore;
  canary(settings: QueueSettings): Promise<CanaryColour>;
}

/** Message groups that a release remembers as blocked: an item of DynamoDB has 400 KB, and a group's id at most 128 characters. Sources: DynamoDB guide, "Quotas"; SQS API, SendMessage. */
const MOST_BLOCKED = 1000;
/** Letters that one step looks at; no wave is larger. */
const AT_ONCE = 100;
/** Letters on their own whose outcome is looked for at once, those that were sent first. */
const SINGLES = 1000;

/**
 * One step of a release: gathers what is, decides, does. Whoever dies in it is followed by the next one, which starts from what is: what was leased goes on under its name, what was taken is
 * counted with the letters, and the release itself only says how far it was allowed to go.
 *
 * @returns whether there is something to do at once
 */
export async function stepRelease(release: Release, ports: ReleasePorts): Promise<boolean> {
  const { store } = ports;
  const all = await store.settings();
  const settingsOf = ({ cause }: Pick<Letter, 'cause'>) => all.find(({ queue }) => queue === cause.queue);
  if (release.state !== 'running') return false;
  await goOn(release.id, settingsOf, ports);
  await settleOutcomes(await store.ofRelease(release.id, 'sent', AT_ONCE), settingsOf, ports);
  const next = await nextOf(release, store);
  const settings = all.find(({ queue }) => queue === next.queue);
  const canary = settings?.canary ? await ports.canary(settings) : 'none';
  const counts = await store.counts(release.id);
  const action = decideRelease(release, {
    ...{ canary, counts, left: next.letters.length },
    ...{ approvalAbove: settings?.approvalAbove, now: ports.now() },
  });
  switch (action.kind) {
    case 'nothing':
      return false;
    case 'stop':
      await write(release, { state: 'stopped', because: action.because }, store);
      return false;
    case 'finish':
      await write(release, { state: 'finished', because: action.because }, store);
      return false;
    case 'wait':
      if (release.because !== action.because) await write(release, { because: action.because }, store);
      return false;
    case 'ask-approval':
      await write(release, { state: 'awaiting-approval', because: action.because }, store);
      return false;
    case 'allow': {
      const { letters, ratedUntil } = action;
      return write(
        release,
        { upTo: takenOf(counts) + letters, ratedUntil, because: `${release.rate} a second` },
        store,
      );
    }
    case 'begin-wave': {
      const wave = release.wave + 1;
      const upTo = takenOf(counts) + action.letters;
      return write(release, { wave, upTo, because: `wave ${wave}: ${action.letters} letters` }, store);
    }
    case 'send':
      return sendSome(release, next.letters.slice(0, action.letters), settingsOf, ports);
  }
}

/** Goes on with sendings whose process died. */
export async function goOn(
  release: string,
  settingsOf: (letter: Letter) => QueueSettings | undefined,
  ports: ReleasePorts,
): Promise<void> {
  for (const letter of await ports.store.ofRelease(release, 'sending', AT_ONCE)) {
    if (new Date(letter.sending?.until ?? 0) > ports.now()) continue;
    await sendAgain(letter, settingsOf(letter), { by: letter.changed.by, release }, ports).catch(ignoreRefusal);
  }
}

/** The letters that come next: open, after those that were looked at, and in the group when the release was made. What comes back meanwhile is not sent again by it. */
async function nextOf(
  { group, cursor, createdAt }: Release,
  store: DeskStore,
): Promise<{ readonly letters: readonly Letter[]; readonly queue?: string | undefined }> {
  const { items } = await store.list(group, 'open', AT_ONCE, cursor);
  const letters = items.filter(({ keptAt }) => keptAt <= createdAt);
  return { letters, queue: letters[0]?.cause.queue };
}

async function sendSome(
  release: Release,
  letters: readonly Letter[],
  settingsOf: (letter: Letter) => QueueSettings | undefined,
  ports: ReleasePorts,
): Promise<boolean> {
  const { store } = ports;
  const blocked = new Set(release.blocked);
  const underWay = await groupsUnderWay(release.id, letters, store);
  let { skipped, cursor, upTo } = release;
  for (const [index, letter] of letters.entries()) {
    const { fifoGroup } = letter;
    if (fifoGroup !== undefined && underWay.has(fifoGroup)) {
      // The wave ends before it: it is the next one's, when the one before it in its group is done.
      upTo -= letters.length - index;
      break;
    }
    const passes = fifoGroup !== undefined && blocked.has(fifoGroup);
    if (passes || !(await sendOne(release, letter, settingsOf(letter), ports))) {
      skipped += 1;
      if (fifoGroup !== undefined) blocked.add(fifoGroup);
    } else if (fifoGroup !== undefined) underWay.add(fifoGroup);
    cursor = positionOf(letter);
  }
  if (blocked.size > MOST_BLOCKED) {
    const because = `stopped by itself: letters of more than ${MOST_BLOCKED} message groups don't fit, and those after them stay. Mend them first`;
    return write(release, { state: 'stopped', cursor, skipped, upTo, because }, store);
  }
  const ratedUntil = usedUntil(release, letters.length, ports.now());
  const known = { cursor, skipped, upTo, ratedUntil, ...(blocked.size > 0 && { blocked: [...blocked] }) };
  return write(release, known, store);
}

/** Message groups of which a letter of the release has been sent and isn't done; none in a standard queue. */
async function groupsUnderWay(release: string, letters: readonly Letter[], store: DeskStore): Promise<Set<string>> {
  if (letters.every(({ fifoGroup }) => fifoGroup === undefined)) return new Set();
  const [sending, sent] = await Promise.all([
    store.ofRelease(release, 'sending', AT_ONCE),
    store.ofRelease(release, 'sent', AT_ONCE),
  ]);
  return new Set([...sending, ...sent].flatMap(({ fifoGroup }) => fifoGroup ?? []));
}

/** Where a letter stands in its group. */
export const positionOf = ({ keptAt, id }: Pick<Letter, 'keptAt' | 'id'>): string => `${keptAt}#${id}`;

/** @returns false for a letter that was not sent and stays open */
async function sendOne(
  release: Release,
  letter: Letter,
  settings: QueueSettings | undefined,
  ports: ReleasePorts,
): Promise<boolean> {
  try {
    const mended = await mend(letter, release, settings, ports);
    await sendAgain(mended, settings, { by: release.by, release: release.id }, ports);
    return true;
  } catch (error) {
    return ignoreRefusal(error);
  }
}

/** Makes a release's change to a letter. A letter that it was made to already is not changed twice: a crash came in between, or SQS has refused it. @throws RefusedError */
async function mend(
  letter: Letter,
  { id: release, patch, by }: Release,
  settings: QueueSettings | undefined,
  ports: ReleasePorts,
): Promise<Letter> {
  const content = await ports.store.content(letter);
  const made = patch === undefined || letter.changedFor === release;
  const body = made ? content.body : applyTo(content.body, readPatch(patch));
  const [fault] = faultsOf(body, settings);
  if (fault) throw new RefusedError(`letter ${letter.id} would come back: ${fault.path} ${fault.message}`);
  if (body === content.body) return letter;
  return ports.store.change(letter, {
    ...{ status: 'open', by, at: ports.now().toISOString(), what: `changed by release ${release}` },
    changedFor: release,
    content: { ...content, body },
    businessId: businessIdOf(body, settings),
  });
}

function ignoreRefusal(error: unknown): false {
  if (error instanceof RefusedError || error instanceof StaleError || error instanceof PatchError) return false;
  throw error;
}

/** @returns true: the next step starts from what was written, or from what somebody else wrote meanwhile */
async function write(release: Release, change: Partial<Release>, store: DeskStore): Promise<boolean> {
  await store.write({ ...release, ...change, version: release.version + 1 });
  return true;
}

/** Goes on with whatever is under way: sendings whose process died, outcomes that came in, releases. @param enough says when to end; a step takes seconds */
export async function reconcile(
  ports: ReleasePorts,
  { enough, wait }: { enough(): boolean; wait(): Promise<void> },
): Promise<void> {
  const { store } = ports;
  while (!enough()) {
    const all = await store.settings();
    const settingsOf = ({ cause }: Letter) => all.find(({ queue }) => queue === cause.queue);
    await goOn(SINGLE, settingsOf, ports);
    await settleOutcomes(await store.ofRelease(SINGLE, 'sent', SINGLES), settingsOf, ports);
    const running = (await store.releases()).filter(({ state }) => state === 'running');
    if (running.length === 0) return;
    let busy = false;
    for (const release of running) {
      if (enough()) return;
      busy = (await stepRelease(release, ports)) || busy;
    }
    if (!busy) await wait();
  }
}
