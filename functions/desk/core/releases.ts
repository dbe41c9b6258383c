import type { QueueSettings } from '../contract';
import { type Desk, settingsFor } from './desk';
import { maskBody, maskFaults } from './masking';
import { SETTLE_SECONDS } from './outcome';
import { applyTo, PatchError, readPatch } from './patch';
import { type Fault, faultsOf } from './queue-settings';
import { needsApproval, type Release, type ReleaseCounts, UNDER_WAY, waveSize, wavesFor } from './release';
import type { Actor } from './roles';
import { RefusedError } from './sending';
import { NotFoundError } from './store';

/** Letters that a plan looks into, and those that it shows. */
const PLANNED = 10_000;
const SHOWN = 20;
/** Letters whose contents a plan reads at once. */
const READ_AT_ONCE = 25;
/** Most letters of one wave, and most of a rate, in a second. */
const LARGEST_WAVE = 100;
const LARGEST_RATE = 100;

/** What a release would do. */
export interface ReleasePlan {
  readonly letters: number;
  /** Those that fit their schema after the change. */
  readonly fit: number;
  readonly waves: number;
  /** Whether somebody else has to approve it: it has more letters than one person may send. */
  readonly needsApproval: boolean;
  /** How long it takes, about: of each wave, until what became of it is known. More where letters of one message group have to wait for each other. */
  readonly seconds: number;
  /** What it costs, about, in USD: the desk's own part, without the consumer's. */
  readonly dollars: number;
  /** Whether the group has more than were looked into. */
  readonly more: boolean;
  readonly preview: readonly {
    readonly id: string;
    readonly businessId?: string | undefined;
    readonly before: string;
    readonly after: string;
    readonly faults: readonly Fault[];
  }[];
}

export interface ReleaseRequest {
  readonly group: string;
  /** JSON Patch. */
  readonly patch?: string | undefined;
  readonly largestWave?: number | undefined;
  /** Messages a second, at most, once the waves of 1, 2, 5, 20 and 50 are done: 1 to 100. Default: waves go on. */
  readonly rate?: number | undefined;
}

/** A dry run: nothing is changed or sent. @param withinMs milliseconds after which no more letters are looked into @throws PatchError */
export async function planRelease(
  desk: Desk,
  actor: Actor,
  { group, patch, largestWave = LARGEST_WAVE, rate }: ReleaseRequest,
  withinMs = Number.POSITIVE_INFINITY,
): Promise<ReleasePlan> {
  const until = desk.ports.now().getTime() + withinMs;
  await desk.permit(actor, 'look', group);
  const { store } = desk.ports;
  const operations = patch === undefined ? undefined : readPatch(patch);
  const all = await store.settings();
  let [letters, fit, after] = [0, 0, undefined as string | undefined];
  let settings: QueueSettings | undefined;
  const preview: ReleasePlan['preview'][number][] = [];
  do {
    const page = await store.list(group, 'open', READ_AT_ONCE, after);
    const contents = await Promise.all(page.items.map((letter) => store.content(letter)));
    for (const [index, letter] of page.items.entries()) {
      settings ??= settingsFor(letter, all);
      const { body = '' } = contents[index] ?? {};
      const { changed, faults } = tryPatch(body, operations, (text) => faultsOf(text, settings));
      letters += 1;
      if (faults.length === 0) fit += 1;
      if (preview.length === SHOWN) continue;
      const sensitive = settings?.sensitive ?? [];
      const [before, after] = [maskBody(body, sensitive), maskBody(changed, sensitive)];
      preview.push({
        id: letter.id,
        businessId: letter.businessId,
        before,
        after,
        faults: maskFaults(faults, sensitive),
      });
    }
    after = page.next;
  } while (after !== undefined && letters < PLANNED && desk.ports.now().getTime() < until);
  const { waves, rated } = wavesFor(fit, largestWave, rate);
  const estimate = estimateOf({ letters: fit, waves, rated, rate }, settings);
  const unapproved = needsApproval({ by: actor.name }, letters, settings?.approvalAbove);
  return {
    ...{ letters, fit, waves, ...estimate },
    ...{ needsApproval: unapproved !== undefined, more: after !== undefined, preview },
  };
}

/** Milliseconds that sending one letter takes, and that pass until the consumer has done the last of a wave and the worker sees it. */
const LETTER_MS = 100;
const WAVE_MS = 2000;
/** USD. What a letter writes (three changes with their audit entries, counts and index entries, each in a transaction: about 60 units of 1 kB), and its two messages. Sources: DynamoDB pricing, on-demand write units, us-east-1; SQS pricing. */
const LETTER_DOLLARS = 60 * 0.625e-6 + 2 * 0.4e-6;
/** USD. Half a gigabyte of the worker. Source: Lambda pricing, arm64, us-east-1. */
const SECOND_DOLLARS = 0.5 * 0.0000133334;

/** How long a release takes and what it costs, about. Where nobody tells what became of a letter, each wave waits for as long as one may take to come back. */
function estimateOf(
  {
    letters,
    waves,
    rated,
    rate = 1,
  }: { readonly letters: number; readonly rate?: number | undefined } & ReturnType<typeof wavesFor>,
  settings: QueueSettings | undefined,
): Pick<ReleasePlan, 'seconds' | 'dollars'> {
  const { ledger, settleSeconds = SETTLE_SECONDS } = settings ?? {};
  const waiting = waves * (ledger ? WAVE_MS : settleSeconds * 1000);
  const sending = (letters - rated) * LETTER_MS + rated * Math.max(LETTER_MS, 1000 / rate);
  const seconds = Math.ceil((waiting + sending) / 1000);
  return { seconds, dollars: letters * LETTER_DOLLARS + seconds * SECOND_DOLLARS };
}

function tryPatch(
  body: string,
  operations: ReturnType<typeof readPatch> | undefined,
  check: (body: string) => readonly Fault[],
): { readonly changed: string; readonly faults: readonly Fault[] } {
  try {
    const changed = operations ? applyTo(body, operations) : body;
    return { changed, faults: check(changed) };
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    return { changed: body, faults: [{ path: '', message: error.message }] };
  }
}

/** Begins to send a group again in waves. Whoever runs `reconcile` goes on with it. */
export async function beginRelease(
  desk: Desk,
  actor: Actor,
  { group, patch, largestWave = LARGEST_WAVE, rate }: ReleaseRequest,
): Promise<Release> {
  await desk.permit(actor, 'release', group);
  if (!Number.isInteger(largestWave) || largestWave < 1 || largestWave > LARGEST_WAVE) {
    throw new RefusedError(`the largest wave is ${largestWave}; it takes 1 to ${LARGEST_WAVE}`);
  }
  if (rate !== undefined && (!Number.isInteger(rate) || rate < 1 || rate > LARGEST_RATE)) {
    throw new RefusedError(`the rate is ${rate}; it takes 1 to ${LARGEST_RATE} messages a second`);
  }
  if (patch !== undefined) readPatch(patch);
  const { store } = desk.ports;
  const other = (await store.releases()).find((each) => each.group === group && UNDER_WAY.includes(each.state));
  if (other)
    throw new RefusedError(`release ${other.id} of this group is ${other.state} (${other.by}); cancel it first`);
  const known = (await store.groups()).find(({ id }) => id === group);
  const settings = known && settingsFor(known, await store.settings());
  const unapproved = needsApproval({ by: actor.name }, known?.counts.open ?? 0, settings?.approvalAbove);
  const createdAt = desk.ports.now().toISOString();
  const release: Release = {
    ...{
      id: `${createdAt.replace(/\D/g, '').slice(0, 14)}-${desk.ports.name().slice(0, 8)}`,
      group,
      patch,
      by: actor.name,
    },
    ...{ createdAt, state: unapproved ? 'awaiting-approval' : 'running', because: unapproved ?? 'begun' },
    ...{ wave: 0, upTo: 0, largestWave, rate, skipped: 0, version: 1 },
  };
  await store.write(release);
  await desk.record(actor, 'began a release', release.id, { note: patch ?? 'as they are' });
  return release;
}

const NEXT = {
  approve: { from: ['awaiting-approval'], to: 'running', what: 'approved a release' },
  pause: { from: ['running'], to: 'paused', what: 'paused a release' },
  resume: { from: ['paused'], to: 'running', what: 'resumed a release' },
  cancel: { from: UNDER_WAY, to: 'cancelled', what: 'cancelled a release' },
} as const;
export type ReleaseCommand = keyof typeof NEXT;

/** Who somebody is, signed in at the page or in a shell. */
const personOf = (name: string): string => name.replace(/^shell:/, '');

/** Approves, pauses, resumes or cancels a release. What was sent before stays sent. @throws RefusedError where who began it would approve it, which is written down as well */
export async function steer(desk: Desk, actor: Actor, id: string, command: ReleaseCommand): Promise<Release> {
  await desk.permit(actor, 'release', id);
  const { store } = desk.ports;
  // The worker writes it as well, once a step: tried again until this write is the one that stands.
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const release = await store.release(id);
    if (!release) throw new NotFoundError(`there is no release ${id}`);
    const { from, to, what } = NEXT[command];
    if (!(from as readonly string[]).includes(release.state)) {
      throw new RefusedError(`release ${id} is ${release.state}; to ${command} takes one that is ${from.join(' or ')}`);
    }
    if (command === 'approve' && personOf(release.by) === personOf(actor.name)) {
      const refused = `${actor.name} began release ${id}: somebody else has to approve it`;
      await desk.record(actor, what, id, { refused });
      throw new RefusedError(refused);
    }
    const next = {
      ...release,
      ...(command === 'approve' && { approvedBy: actor.name }),
      state: to,
      because: `${to} by ${actor.name}`,
      version: release.version + 1,
    } satisfies Release;
    if (await store.write(next)) {
      await desk.record(actor, what, id);
      return next;
    }
  }
  throw new RefusedError(`release ${id} is changed all the time; try again`);
}

/** A release with where its letters stand. */
export async function watchRelease(
  desk: Desk,
  actor: Actor,
  id: string,
): Promise<Release & { readonly counts: ReleaseCounts; readonly nextWave: number }> {
  await desk.permit(actor, 'look', id);
  const release = await desk.ports.store.release(id);
  if (!release) throw new NotFoundError(`there is no release ${id}`);
  return {
    ...release,
    counts: await desk.ports.store.counts(id),
    nextWave: waveSize(release.wave, release.largestWave),
  };
}
