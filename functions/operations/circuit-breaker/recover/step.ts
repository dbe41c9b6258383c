import type { DependencySettings } from '../../../runtime/breaker/settings';
import { type BreakerRecord, executionName, holdInForce, recovering } from '../../../runtime/breaker/state';
import { change } from '../../../runtime/breaker/store';
import { stopRelease } from '../stop-release';
import type { Phase, Progress, RecoverAnswer, RecoverInput } from './contract';
import { release } from './release';
import type { RecoverSurroundings } from './surroundings';
import { verdictOf } from './verdict';

const BEGIN: Progress = { looks: 0, version: -1, waited: false, greens: 0, servedFrom: 0, rate: 0, empty: 0 };
/** Seconds between two looks at a breaker that is held open: its hold may be lifted any time. */
const HELD_INTERVAL = 60;

/**
 * One look of a recovery: what the canary said is put against what the table says, and the answer is what to do next. The execution decides
 * nothing and remembers nothing that matters; it may be repeated, doubled, or die anywhere, and the next look starts from what is.
 */
export async function step(input: RecoverInput, around: RecoverSurroundings): Promise<RecoverAnswer> {
  const { store } = around;
  const settings = around.dependencies[input.dependency];
  let progress = input.progress ?? BEGIN;
  let record = await store.read(input.dependency);
  const stop = (phase: Phase, reason: string): RecoverAnswer => ({ phase, seconds: 0, progress, reason });
  if (!settings) return stop('done', 'this breaker has no such dependency any more');
  if (record.epoch !== input.epoch || record.run !== input.run)
    return stop('done', `${executionName(record)} recovers now`);
  if (!recovering(record)) return stop('done', record.evidence);

  const answered = verdictOf(input.canary);
  // Whatever has been written since it was asked: messages would come to what is out.
  if (answered && !answered.green)
    await stopRelease(around.moves, record.state === 'open' ? record.since : around.now());

  progress = { ...progress, looks: progress.looks + 1 };
  if (progress.looks > around.handOverAfter) return handOver(record, input, progress, around);

  const held = holdInForce(record, around.now());
  if (held?.kind === 'open') {
    const seconds = Math.min(HELD_INTERVAL, Math.ceil((held.until - around.now()) / 1000));
    progress = { ...progress, version: record.version, waited: false, greens: 0 };
    return { phase: 'held', seconds, progress, reason: `held open by ${held.who}: ${held.why}` };
  }

  // A verdict on a record that has changed since is nobody's verdict, and so is a wait: it begins again.
  const current = progress.version === record.version;
  const verdict = current ? answered : undefined;
  if (current && !verdict && progress.waited) {
    // Looked at after the wait, right before it is asked: nobody has held it open in between.
    progress = { ...progress, waited: false };
    const { canaryFunction } = settings;
    return { phase: 'ask', seconds: 0, progress, ...(canaryFunction && { canaryFunction }), reason: record.evidence };
  }
  let again: number | undefined;
  if (verdict) {
    progress = { ...progress, greens: verdict.green ? progress.greens + 1 : 0 };
    const due = record.state === 'open' && around.now() >= record.retryAt;
    if (due && verdict.green && progress.greens < settings.canaries) again = settings.canaryInterval;
    else {
      if (record.state === 'half-open' && verdict.green && progress.servedFrom === 0 && (await around.serving()))
        progress = { ...progress, servedFrom: around.now() };
      record = await heed(record, verdict, progress.servedFrom, settings, around);
    }
    if (verdict.green && record.state !== 'open') {
      const released = await release(record, progress, around);
      progress = { ...progress, ...released.progress };
      if (released.finished) {
        const { changed } = await change(
          store,
          record.dependency,
          { kind: 'released', version: record.version },
          around.now(),
          settings,
        );
        if (changed) return stop('done', 'closed, and nothing is left in parked');
      }
    }
  }
  const sameVersion = progress.version === record.version;
  progress = { ...progress, version: record.version, waited: true, ...(!sameVersion && { greens: 0, servedFrom: 0 }) };
  return { phase: record.state, seconds: again ?? wait(record, settings, around), progress, reason: record.evidence };
}

async function heed(
  record: BreakerRecord,
  { green, detail }: { green: boolean; detail: string },
  servedFrom: number,
  settings: DependencySettings,
  { store, now, alarm }: RecoverSurroundings,
): Promise<BreakerRecord> {
  const { alarmName } = settings;
  // A canary may be green where real calls fail: the alarm sees those.
  if (record.state === 'half-open' && green && alarmName && (await alarm(alarmName)).ringing) return record;
  const event = {
    kind: 'canary',
    version: record.version,
    green,
    detail,
    servedFrom: servedFrom || undefined,
  } as const;
  return (await change(store, record.dependency, event, now(), settings)).record;
}

/** Seconds until the next canary. */
function wait(record: BreakerRecord, settings: DependencySettings, { releasing, now }: RecoverSurroundings): number {
  if (record.state === 'open') return Math.max(0, Math.ceil((record.retryAt - now()) / 1000));
  return record.state === 'half-open' ? settings.canaryInterval : releasing.interval;
}

/**
 * Long before Step Functions' limit of 25,000 events an execution hands over to the next. Should it die after the write, the reconciler
 * starts the next one: its name is in the table.
 */
async function handOver(
  before: BreakerRecord,
  { dependency, epoch }: RecoverInput,
  progress: Progress,
  { store, dependencies, now }: RecoverSurroundings,
): Promise<RecoverAnswer> {
  const event = { kind: 'hand-over', version: before.version } as const;
  const settings = dependencies[dependency] as DependencySettings;
  const { changed, record } = await change(store, dependency, event, now(), settings);
  if (!changed) return { phase: record.state, seconds: 1, progress, reason: 'somebody else changed it; look again' };
  const next = { name: executionName(record), input: { dependency, epoch, run: record.run } };
  return {
    phase: 'hand-over',
    seconds: 0,
    progress,
    next,
    reason: `${progress.looks - 1} looks: goes on in ${next.name}`,
  };
}
