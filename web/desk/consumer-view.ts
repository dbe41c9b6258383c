import type { AttachedQueue } from '../../functions/desk/core/desk';
import { el, redraw } from '../dom';
import { BreakerCards } from './breaker-cards';
import { consumerName } from './consumer-list';
import { facts, queueName, runbookLink } from './controls';
import { clockList } from './loss-clocks';
import { ParkedRelease } from './parked-release';
import { linkTo, type Place } from './place';
import type { Session } from './session';

/** What stands before one consumer: its breaker, what is parked, and what SQS will delete of it. */
export class ConsumerView {
  readonly element = el('article', { class: 'consumer' });
  readonly heading: HTMLElement;
  private readonly tiers = el('div', { class: 'tiers' });
  private readonly parked: ParkedRelease | undefined;
  private readonly breaker: BreakerCards | undefined;

  constructor(session: Session, queue: AttachedQueue, place: Place) {
    const { settings } = queue;
    this.heading = el('h2', { tabindex: -1 }, consumerName(queue));
    this.breaker = settings.breaker ? new BreakerCards(session, settings.queue, settings.breaker) : undefined;
    this.parked = settings.redrive ? new ParkedRelease(session, settings.queue, settings.redrive) : undefined;
    this.element.append(
      el('a', { class: 'back', href: linkTo({ ...place, consumer: undefined }) }, '← Groups'),
      this.heading,
      facts(
        ['Dead letters', queueName(settings.queue)],
        ['Groups', el('a', { href: linkTo({ queue: settings.queue }) }, 'of this queue')],
        ['Parked: runbook', settings.redrive && runbookLink(session, 'parked')],
        ['Breaker: runbook', settings.breaker && runbookLink(session, 'breaker-open')],
      ),
      this.tiers,
      ...[this.breaker?.element, this.parked?.element].filter((each) => each !== undefined),
    );
    this.show(queue);
  }

  async start(): Promise<void> {
    await Promise.all([this.breaker?.look(), this.parked?.look()]);
  }

  stop(): void {
    this.parked?.stop();
  }

  /** What is known of the queue now; the breaker is asked anew. */
  show(queue: AttachedQueue): void {
    const clocks = clockList([queue], new Date());
    redraw(this.tiers, clocks ? [clocks] : []);
  }

  refresh(queue: AttachedQueue): Promise<void> | undefined {
    this.show(queue);
    return this.breaker?.look();
  }
}
