import type { JudgedGroup } from '../../functions/desk/core/desk';
import { UNDER_WAY } from '../../functions/desk/core/release';
import type { ReleasePlan } from '../../functions/desk/core/releases';
import { button, el } from '../dom';
import { count, plural } from '../format';
import { allowed, forbidden, inTheShell, RateField, time } from './controls';
import type { WatchedRelease } from './desk-api';
import { difference } from './difference';
import { type Editor, jsonEditor } from './editor';
import type { Session } from './session';

/** Milliseconds between two looks at a release that is under way. */
const WATCH_MS = 1000;

/** A group is sent again: one change to each letter, a dry run, then waves, each after it is known what became of the one before. */
export class SendGroup {
  readonly element: HTMLElement;
  private readonly patch: Editor;
  private readonly rate = new RateField('A second, after 5 waves', 100, 'in waves');
  private readonly plan = el('div', { class: 'plan', 'aria-live': 'polite' });
  private readonly release = el('div', { class: 'release' });
  private stopped = false;

  constructor(
    private readonly session: Session,
    private readonly group: JudgedGroup,
  ) {
    const { id, cause } = group;
    this.patch = jsonEditor({ label: 'JSON Patch', text: '' });
    const example = `[{"op": "replace", "path": "/${(cause.path ?? 'size').replaceAll('.', '/')}", "value": ""}]`;
    this.element = el(
      'section',
      { 'aria-label': 'Send the group again', class: 'sending' },
      el('h3', {}, 'Send the group again'),
      el(
        'p',
        { class: 'muted' },
        'One letter first, then 2, 5, 20 …, each wave after it is known what became of the one before. One that comes back stops it.',
      ),
      el(
        'div',
        { class: 'head' },
        el('h4', {}, 'One change to each, as a JSON Patch'),
        button('Begin with the fault’s place', 'small', () => this.patch.setText(example)),
      ),
      this.patch.element,
      el(
        'div',
        { class: 'actions' },
        this.rate.element,
        button('Dry run', '', () => this.session.attempt(() => this.look()).then(() => {})),
        allowed(session, 'release', 'Send in waves', 'main', () =>
          this.session.attempt(() => this.begin()).then(() => {}),
        ),
      ),
      inTheShell(
        session,
        ['Dry run', `release ${id} --patch FILE --dry-run`],
        ['Send in waves', `release ${id} --patch FILE`],
        ['At a rate after the waves', `release ${id} --patch FILE --rate 20`],
        ['Pause, resume, cancel', 'pause RELEASE'],
        ['Approve', 'approve RELEASE'],
      ),
      this.plan,
      this.release,
    );
  }

  /** One that is under way, or the last one, is shown. */
  async start(): Promise<void> {
    const own = (await this.session.desk.releases()).filter(({ group }) => group === this.group.id);
    const last = own.sort((a, b) => a.createdAt.localeCompare(b.createdAt)).at(-1);
    if (last) void this.watch(last.id);
  }

  stop(): void {
    this.stopped = true;
  }

  private asked(): object {
    const patch = this.patch.text().trim();
    return { ...(patch && { patch }), ...this.rate.asked };
  }

  private async look(): Promise<void> {
    const plan = await this.session.desk.plan(this.group.id, this.asked());
    const { letters, fit, waves, more, needsApproval } = plan;
    this.plan.replaceChildren(
      el(
        'p',
        { class: 'summary' },
        `${plural(letters, 'letter')}, ${count(fit)} fit and would be sent, in ${plural(waves, 'wave')}; nothing was changed.`,
      ),
      ...(needsApproval
        ? [el('p', { class: 'note' }, 'So many one person may not send: somebody else has to approve the release.')]
        : []),
      ...(more ? [el('p', { class: 'muted' }, 'There are more; so many were looked into.')] : []),
      ...plan.preview.map(preview),
    );
  }

  private async begin(): Promise<void> {
    const { id } = await this.session.desk.release(this.group.id, this.asked());
    this.plan.replaceChildren();
    void this.watch(id);
  }

  private async watch(id: string): Promise<void> {
    while (!this.stopped) {
      const seen = await this.session.attempt(async () => this.show(await this.session.desk.watch(id)));
      if (!seen || this.release.dataset.over) return this.session.refresh();
      await new Promise((resolve) => setTimeout(resolve, WATCH_MS));
    }
  }

  private show(release: WatchedRelease): void {
    const { id, state, because, counts, by, createdAt, wave, skipped, nextWave, approvedBy } = release;
    const over = !UNDER_WAY.includes(state);
    this.release.dataset.over = over ? 'over' : '';
    this.release.dataset.state = state;
    const said = JSON.stringify(release);
    if (said === this.release.dataset.said) return;
    this.release.dataset.said = said;
    const focused = document.activeElement?.textContent;
    const had = this.release.contains(document.activeElement);
    const bar = el('div', { class: 'bar-of-counts', 'aria-hidden': 'true' });
    for (const [status, number] of [
      ['done', counts.done],
      ['failed', counts.failed],
      ['unknown', counts.unknown],
      ['sent', counts.sending + counts.sent],
    ] as const) {
      const part = el('span', { class: `part status-${status}` });
      part.style.flexGrow = String(number);
      bar.append(part);
    }
    this.release.replaceChildren(
      el(
        'div',
        { class: 'head' },
        el('h4', {}, `Release of ${by}, `, time(createdAt), approvedBy && `, approved by ${approvedBy}`),
        el('span', { class: 'badge' }, state.replace('-', ' ')),
      ),
      el('p', { role: 'status', class: 'summary' }, because),
      bar,
      el(
        'p',
        { class: 'muted' },
        [
          `${plural(wave, 'wave')} begun`,
          `${count(counts.done)} done`,
          `${count(counts.failed)} came back`,
          `${count(counts.sending + counts.sent)} waiting`,
          counts.unknown > 0 && `${count(counts.unknown)} unknown`,
          skipped > 0 && `${count(skipped)} skipped`,
          !over && `next wave ${count(nextWave)}`,
        ]
          .filter(Boolean)
          .join(' · '),
      ),
    );
    if (over) return;
    const steer = (label: string, what: string) =>
      allowed(this.session, 'release', label, '', () =>
        this.session
          .attempt(async () => this.show({ ...release, ...(await this.session.desk.steer(id, what)) }))
          .then(() => {}),
      );
    this.release.append(
      el(
        'div',
        { class: 'actions' },
        ...(state === 'awaiting-approval' ? [approval(this.session, by, () => steer('Approve', 'approve'))] : []),
        ...(state === 'paused' ? [steer('Resume', 'resume')] : []),
        ...(state === 'running' ? [steer('Pause', 'pause')] : []),
        steer('Cancel', 'cancel'),
      ),
    );
    if (had) for (const each of this.release.querySelectorAll('button')) if (each.textContent === focused) each.focus();
  }
}

/** Of two people: who began it is told why it isn't theirs to approve, and the desk refuses it as well. */
function approval(session: Session, by: string, approve: () => HTMLElement): HTMLElement {
  if (session.actor.name !== by) return approve();
  return forbidden(session, 'Approve', 'It takes somebody else: you began it.');
}

function preview({ businessId, before, after, faults }: ReleasePlan['preview'][number]): HTMLElement {
  return el(
    'div',
    { class: 'card' },
    el(
      'div',
      { class: 'head' },
      el('strong', {}, businessId ?? 'no id'),
      el('span', { class: `badge ${faults.length > 0 ? 'stays' : 'goes'}` }, faults.length > 0 ? 'stays' : 'fits'),
    ),
    difference(before, after),
    ...faults.map(({ path, message }) => el('p', { class: 'fault' }, `${path ? `${path}: ` : ''}${message}`)),
  );
}
