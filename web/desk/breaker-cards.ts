import { type BreakerRecord, holdInForce, type State } from '../../functions/runtime/breaker/state';
import { el } from '../dom';
import { capitalized } from '../format';
import { allowed, choice, inTheShell, labelled, time } from './controls';
import type { Session } from './session';

const MEANS: Readonly<Record<State, string>> = {
  closed: 'It is called for every message.',
  open: 'It is not called; messages wait.',
  'half-open': 'A few messages try whether it is back.',
};

/** How long a hold may be; the hold function refuses one that outlives what waits in the queue. */
const LENGTHS = [
  ['30', '30 minutes'],
  ['120', '2 hours'],
  ['480', '8 hours'],
  ['1440', '24 hours'],
  ['10080', '7 days'],
] as const;

const iso = (milliseconds: number) => new Date(milliseconds).toISOString();

/** The breakers before a consumer, one for each dependency: how each stands, since when and why; and a person's hold of it, with who, why and until when. */
export class BreakerCards {
  readonly element = el('section', { 'aria-label': 'Circuit breaker', class: 'breakers' });
  private readonly cards = new Map<string, BreakerCard>();

  constructor(
    private readonly session: Session,
    private readonly queue: string,
    holdFunction: string,
  ) {
    const person = `--why TEXT --who NAME --function ${holdFunction}`;
    this.element.append(
      el('h3', {}, 'Circuit breaker'),
      inTheShell(
        session,
        ['How it stands', `status --function ${holdFunction}`, 'breaker'],
        ['Hold', `hold DEPENDENCY --open --until 2h ${person}`, 'breaker'],
        ['Lift the hold', `lift DEPENDENCY ${person}`, 'breaker'],
      ),
    );
  }

  /** Asks how they stand. */
  async look(): Promise<void> {
    this.show(await this.session.desk.breaker(this.queue));
  }

  private show(records: readonly BreakerRecord[]): void {
    for (const record of records) {
      const card = this.cards.get(record.dependency) ?? this.newCard(record.dependency);
      card.show(record);
    }
  }

  private newCard(dependency: string): BreakerCard {
    const card = new BreakerCard(this.session, this.queue, dependency, (records) => this.show(records));
    this.cards.set(dependency, card);
    this.element.lastElementChild?.before(card.element);
    return card;
  }
}

class BreakerCard {
  readonly element = el('div', { class: 'card' });
  private readonly stands = el('div', { class: 'stands' });
  private readonly why = el('input', { autocomplete: 'off', maxlength: 300 });
  private readonly held = el('div', { class: 'actions' });
  private kind: 'open' | 'closed' = 'open';
  private minutes = '120';
  private holding = false;
  private said = '';

  constructor(
    private readonly session: Session,
    private readonly queue: string,
    private readonly dependency: string,
    private readonly news: (records: readonly BreakerRecord[]) => void,
  ) {
    const kinds = [
      ['open', 'open: nothing calls it'],
      ['closed', 'closed: everything calls it'],
    ] as const;
    this.element.append(
      this.stands,
      el(
        'div',
        { class: 'filters' },
        choice('Hold it', kinds, this.kind, (kind) => {
          this.kind = kind === 'closed' ? 'closed' : 'open';
        }),
        choice('For', LENGTHS, this.minutes, (minutes) => {
          this.minutes = minutes;
        }),
        labelled('Why', this.why),
      ),
      this.held,
    );
  }

  show(record: BreakerRecord): void {
    const hold = holdInForce(record, Date.now());
    const said = JSON.stringify([record, hold]);
    if (said === this.said) return;
    this.said = said;
    const { dependency, state, since, evidence, retryAt } = record;
    this.stands.replaceChildren(
      el(
        'div',
        { class: 'head' },
        el('h4', {}, capitalized(dependency)),
        el('span', { class: `badge breaker-${state}` }, state),
      ),
      el('p', {}, MEANS[state], ...(since > 0 ? [' Since ', time(iso(since)), `: ${evidence}.`] : [])),
      ...(state === 'open' && retryAt > 0 && !hold
        ? [el('p', { class: 'muted' }, 'The canary is asked again at ', time(iso(retryAt)), '.')]
        : []),
      ...(hold
        ? [
            el(
              'p',
              { class: 'note', role: 'status' },
              el('b', {}, `Held ${hold.kind}`),
              ` by ${hold.who} until `,
              time(iso(hold.until)),
              `: ${hold.why}`,
            ),
          ]
        : []),
    );
    if (this.held.childElementCount > 0 && this.holding === (hold !== undefined)) return;
    this.holding = hold !== undefined;
    const had = this.held.contains(document.activeElement);
    this.held.replaceChildren(
      allowed(this.session, 'hold', hold ? 'Hold it anew' : 'Hold', '', () => this.hold()),
      ...(hold ? [allowed(this.session, 'hold', 'Lift the hold', 'main', () => this.lift())] : []),
    );
    if (had) this.held.querySelector('button')?.focus();
  }

  private async hold(): Promise<void> {
    const { queue, dependency, kind } = this;
    const until = iso(Date.now() + Number(this.minutes) * 60_000);
    // Whoever holds it anew has seen the hold that is in force: it stands above the button.
    const asked = { queue, dependency, hold: kind, until, why: this.reason, replace: this.holding };
    await this.decide(() => this.session.desk.hold(asked), `${dependency} is held ${kind}.`);
  }

  private async lift(): Promise<void> {
    const { queue, dependency } = this;
    await this.decide(
      () => this.session.desk.lift({ queue, dependency, why: this.reason }),
      `${dependency}: the hold is lifted.`,
    );
  }

  private get reason(): string {
    return this.why.value.trim();
  }

  private async decide(ask: () => Promise<readonly BreakerRecord[]>, done: string): Promise<void> {
    if (this.reason === '') {
      this.session.say('Say why: whoever finds it at night will ask.', 'bad');
      return this.why.focus();
    }
    const decided = await this.session.attempt(async () => this.news(await ask()), done);
    if (decided) this.why.value = '';
  }
}
