import { button, el, setAttribute, setText } from '../dom';
import { clock, count, plural } from '../format';
import { icon } from '../icons';
import { server } from '../server-api';
import type { Fault, LaneSnapshot, Snapshot } from '../wire';
import { type Standing, verdictOf, voidedBy } from './verdict';

export interface ReleaseView {
  readonly element: HTMLElement;
  run(dryRun: boolean): Promise<void>;
  show(lane: LaneSnapshot, snapshot: Snapshot): void;
}

/** Runs the redrive function: the canary's verdict first, then how the move gets on. */
export function buildRelease(lane: string, note: (verdict: string) => void): ReleaseView {
  const verdict = el('p', { class: 'verdict', role: 'status' });
  const voided = el('p', { class: 'hint', role: 'status' });
  const bar = el('progress', { max: 1, value: 0, 'aria-label': 'Parked orders moved' });
  const moved = el('span', {});
  const move = el('p', { class: 'move', hidden: true }, bar, moved);

  /** The verdict on show, with what it was given on. */
  let standing: Standing | undefined;
  let fault: Fault = { kind: 'up' };

  const say = (tone: 'good' | 'bad' | 'wait', text: string) => {
    setAttribute(verdict, 'data-tone', tone);
    verdict.replaceChildren(icon(tone === 'good' ? 'check' : tone === 'bad' ? 'cross' : 'clock'), el('span', {}, text));
    voided.hidden = true;
  };
  const run = async (dryRun: boolean) => {
    standing = undefined;
    const asked = fault;
    say('wait', 'Asking the canary. A payment system that hangs takes some seconds to show it…');
    try {
      const release = await server.release(lane, dryRun);
      say(
        release.problem || release.canary?.green === false ? 'bad' : 'good',
        `${clock(Date.now())} ${verdictOf(release)}`,
      );
      note(verdictOf(release));
      standing = { at: Date.now(), fault: asked, release };
    } catch (error) {
      say('bad', `${clock(Date.now())} ${(error as Error).message}`);
    }
  };
  const now = button('Release parked', 'action strong', () => run(false));
  const element = el(
    'div',
    { class: 'release' },
    el(
      'div',
      { class: 'options' },
      now,
      button('Only check', 'action', () => run(true)),
    ),
    verdict,
    voided,
    move,
  );
  return {
    element,
    run,
    show: ({ move: task, parked = 0 }, { at, fault: current }) => {
      fault = current;
      const why = standing && voidedBy(standing, { at, fault, parked });
      if (why) {
        setAttribute(verdict, 'data-tone', 'void');
        voided.hidden = false;
        setText(voided, `No longer holds: ${why}.`);
      }
      setAttribute(now, 'data-ready', String(parked > 0 && fault.kind === 'up'));
      setText(now, task?.status === 'RUNNING' ? 'Check again' : 'Release parked');
      move.hidden = !task;
      if (!task) return;
      const toMove = Math.max(task.toMove ?? 0, task.moved);
      bar.max = Math.max(1, toMove);
      bar.value = task.moved;
      const rate = task.rate ? `, ${plural(task.rate, 'order')} a second` : '';
      const words: Record<typeof task.status, string> = {
        RUNNING: `${count(task.moved)} of ${count(toMove)} moved back${rate}.`,
        COMPLETED: `Last release, ${clock(task.startedAt)}: ${plural(task.moved, 'order')} moved back.`,
        CANCELLING: `Stopping after ${count(task.moved)} of ${count(toMove)}…`,
        CANCELLED: `Stopped after ${count(task.moved)} of ${count(toMove)}; the rest stay parked.`,
        FAILED: `The release failed after ${count(task.moved)}: ${task.failure ?? 'SQS gives no reason'}.`,
      };
      setText(moved, words[task.status]);
    },
  };
}
