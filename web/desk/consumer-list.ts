import type { AttachedQueue } from '../../functions/desk/core/desk';
import { isNearLoss } from '../../functions/desk/core/loss-clock';
import { el } from '../dom';
import { count } from '../format';
import { queueName } from './controls';
import { linkTo } from './place';

/** The consumer's name: that of the queue that it reads. */
export const consumerName = ({ settings: { queue, sendTo } }: Pick<AttachedQueue, 'settings'>): string =>
  sendTo?.split('/').at(-1) || queueName(queue);

/** Whether somebody can release or hold something there. */
export const isOperated = ({ settings: { redrive, breaker } }: AttachedQueue): boolean =>
  redrive !== undefined || breaker !== undefined;

export const parkedOf = ({ tiers }: AttachedQueue): number =>
  tiers.filter(({ tier }) => tier === 'parked').reduce((sum, { messages }) => sum + messages, 0);

/** A link to each consumer whose breaker or parked messages people decide about. */
export function consumerList(queues: readonly AttachedQueue[], chosen: string | undefined, now: Date): HTMLElement[] {
  const operated = queues.filter(isOperated).sort((a, b) => consumerName(a).localeCompare(consumerName(b)));
  if (operated.length === 0) return [];
  const line = (each: AttachedQueue) => {
    const { queue } = each.settings;
    const parked = parkedOf(each);
    const near = each.tiers.some((tier) => tier.tier === 'parked' && isNearLoss(tier, now));
    const link = el('a', { class: 'row consumer-row', href: linkTo({ consumer: queue }) });
    if (queue === chosen) link.setAttribute('aria-current', 'true');
    link.append(
      el('span', { class: 'title' }, consumerName(each)),
      el('span', { class: 'tally' }, el('b', {}, count(parked)), ' parked'),
    );
    if (near) link.append(el('span', { class: 'error fault' }, 'SQS is about to delete the first.'));
    return el('li', {}, link);
  };
  return [el('h2', {}, 'Consumers'), el('ul', { class: 'consumers' }, ...operated.map(line))];
}
