import type { RedriveReport } from '../../functions/operations/redrive/contract';
import { button, el } from '../dom';
import { count, plural } from '../format';
import { allowed, inTheShell, RateField, time } from './controls';
import type { Session } from './session';

/** Milliseconds between two looks at a release that is under way. */
const WATCH_MS = 2000;

type Action = RedriveReport['action'];
const DONE: Readonly<Record<Action, string>> = {
  start: 'Released; a red canary stops it.',
  continue: 'The release goes on.',
  cancel: 'The release was stopped.',
  hold: 'Nothing was released.',
  idle: 'Nothing to release.',
};
const WOULD: typeof DONE = {
  start: 'It would be released.',
  continue: 'A release is under way.',
  cancel: 'A release is under way, and would be stopped.',
  hold: 'It would stay.',
  idle: 'Nothing to release.',
};

/** What SQS has parked for a consumer: the canary's word, what a release would do, the release and how far it is. */
export class ParkedRelease {
  readonly element: HTMLElement;
  private readonly report = el('div', { class: 'report', 'aria-live': 'polite' });
  private readonly rate = new RateField('Messages a second', 500, 'as set');
  private stopped = false;
  private watching = false;

  constructor(
    private readonly session: Session,
    private readonly queue: string,
    redrive: string,
  ) {
    const press = (dryRun: boolean) => () => session.attempt(() => this.ask(dryRun)).then(() => {});
    this.element = el(
      'section',
      { 'aria-label': 'Parked', class: 'parked' },
      el('h3', {}, 'Parked'),
      el(
        'p',
        { class: 'muted' },
        'Nothing is wrong with these messages; what they need was down. They are released when the canary is green.',
      ),
      this.report,
      el(
        'div',
        { class: 'actions' },
        this.rate.element,
        button('Dry run', '', press(true)),
        allowed(session, 'release parked', 'Release parked', 'main', press(false)),
      ),
      inTheShell(
        session,
        ['Dry run', `--function ${redrive} --dry-run`, 'redrive'],
        ['Release parked', `--function ${redrive} --watch`, 'redrive'],
        ['At another rate', `--function ${redrive} --watch --rate 5`, 'redrive'],
      ),
    );
  }

  /** The canary is asked, and a release that is under way is followed. */
  async look(): Promise<void> {
    this.report.replaceChildren(el('p', { class: 'empty' }, 'Asking the canary…'));
    await this.ask(true);
  }

  stop(): void {
    this.stopped = true;
  }

  private async ask(dryRun: boolean): Promise<void> {
    const asked = { queue: this.queue, dryRun, ...this.rate.asked };
    this.session.say('');
    this.show(await this.session.desk.releaseParked(asked));
  }

  private show(report: RedriveReport): void {
    const { action, reason, dryRun, parked, canary, move, problem } = report;
    const moves = action === 'start' || action === 'continue';
    // Asked and not yet begun: the move is seen by the next look.
    if (moves && (move || !dryRun)) void this.follow();
    this.report.dataset.action = action;
    this.report.replaceChildren(
      el(
        'div',
        { class: `verdict-note ${canary ? `canary-${canary.green ? 'green' : 'red'}` : ''}` },
        el('span', { class: 'badge' }, canary ? `canary ${canary.green ? 'green' : 'red'}` : 'canary not asked'),
        el(
          'ul',
          {},
          el('li', {}, el('b', {}, (dryRun ? WOULD : DONE)[action]), ` ${reason}`),
          ...(problem && !reason.includes(problem) ? [el('li', { class: 'fault' }, problem)] : []),
          el(
            'li',
            { class: 'muted' },
            `${plural(parked, 'message')} parked. Asked at `,
            time(new Date().toISOString()),
          ),
        ),
      ),
      ...(move ? progress(move) : []),
    );
  }

  /** Until the release has ended; looking changes nothing. */
  private async follow(): Promise<void> {
    if (this.watching) return;
    this.watching = true;
    try {
      while (!this.stopped) {
        await new Promise((resolve) => setTimeout(resolve, WATCH_MS));
        const report = await this.session.desk.releaseParked({ queue: this.queue, dryRun: true });
        if (this.stopped) return;
        this.show(report);
        if (!report.move) break;
      }
      await this.session.refresh();
    } catch (error) {
      this.session.say((error as Error).message, 'bad');
    } finally {
      this.watching = false;
    }
  }
}

function progress({ moved, toMove, rate }: NonNullable<RedriveReport['move']>): HTMLElement[] {
  const all = Math.max(toMove, moved, 1);
  return [
    el('progress', { max: all, value: moved, 'aria-label': 'Messages released' }),
    el(
      'p',
      { class: 'muted' },
      `${count(moved)} of ${count(toMove)} released, at most ${plural(rate, 'message')} a second.`,
    ),
  ];
}
