import { button, el, setAttribute, setText } from '../dom';
import { ago, price } from '../format';
import { icon } from '../icons';
import { laneWords } from '../lanes';
import { COFFEE_WORDS, drawCup } from './cup';
import { STAGES, type Ticket } from './order-book';

interface Row {
  readonly element: HTMLLIElement;
  update(ticket: Ticket, now: number): void;
}

/** This browser's orders as paper tickets; each is drawn once and then only changed where it differs. */
export class TicketList {
  private readonly rows = new Map<string, Row>();

  constructor(
    private readonly list: HTMLElement,
    private readonly onSendAgain: (ticket: Ticket) => void,
  ) {}

  show(tickets: readonly Ticket[], now: number): void {
    const wanted = new Set(tickets.map(({ order }) => order.orderId));
    for (const [orderId, { element }] of this.rows) {
      if (wanted.has(orderId)) continue;
      element.remove();
      this.rows.delete(orderId);
    }
    let before: Element | null = this.list.firstElementChild;
    for (const ticket of tickets) {
      const row = this.rows.get(ticket.order.orderId) ?? this.draw(ticket);
      this.rows.set(ticket.order.orderId, row);
      row.update(ticket, now);
      if (row.element === before) before = before.nextElementSibling;
      else this.list.insertBefore(row.element, before);
    }
  }

  private draw({ order, lane }: Ticket): Row {
    const [item] = order.items;
    if (!item) throw new Error(`order ${order.orderId} has no items`);
    const { name } = COFFEE_WORDS[item.coffee];
    const when = el('time', { datetime: order.placedAt });
    const stamp = el('span', { class: 'stamp' });
    const meaning = el('p', { class: 'meaning' });
    const error = el('p', { class: 'error', hidden: true });
    const again = button('Send it again', 'plain', () => this.onSendAgain(current));
    again.hidden = true;
    const element = el(
      'li',
      { class: 'ticket', 'data-order': order.orderId },
      drawCup(item.coffee),
      el(
        'div',
        { class: 'what' },
        el('h3', {}, `${name}, ${item.size}`),
        el('p', { class: 'small' }, `${price(order.amount)} · ${order.customer} · ${laneWords(lane).title} · `, when),
      ),
      stamp,
      meaning,
      error,
      again,
    );
    let current: Ticket;
    let stage = '';
    const update = (ticket: Ticket, now: number) => {
      current = ticket;
      const words = STAGES[ticket.stage];
      setText(when, ago(Date.parse(order.placedAt), now));
      const tries = ticket.attempts > 1 && ticket.stage !== 'paid' ? ` Tried ${ticket.attempts} times.` : '';
      setText(meaning, words.meaning + tries);
      const detail = ticket.stage === 'paid' ? undefined : ticket.lastError;
      error.hidden = !detail;
      setText(error, detail ?? '');
      again.hidden = ticket.stage !== 'refused' && ticket.stage !== 'unconfirmed';
      if (stage === ticket.stage) return;
      stage = ticket.stage;
      setAttribute(element, 'data-stage', stage);
      stamp.replaceChildren(icon(words.icon), words.word);
    };
    return { element, update };
  }
}
