import type { AttachedQueue } from '../../functions/desk/core/desk';
import { isNearLoss, type TierClock } from '../../functions/desk/core/loss-clock';
import { el } from '../dom';
import { plural } from '../format';
import { queueName, time } from './controls';

/** Tiers in which something lies, or that can't be looked at: the first loss first. */
const waiting = (queues: readonly AttachedQueue[]): readonly TierClock[] => {
  const first = ({ clock }: TierClock) => clock?.earliest ?? clock?.latest ?? '9999';
  return queues
    .flatMap(({ tiers }) => tiers)
    .filter(({ messages, problem }) => messages > 0 || problem)
    .sort((a, b) => first(a).localeCompare(first(b)));
};

/** What SQS will delete, of every queue that is attached. Nothing where nothing waits in a queue. */
export function lossClocks(queues: readonly AttachedQueue[], now: Date): HTMLElement[] {
  const clocks = clockList(queues, now);
  return clocks ? [el('h2', {}, 'Still in SQS'), clocks] : [];
}

/** The tiers of some queues with what SQS will delete of them, and when. */
export function clockList(queues: readonly AttachedQueue[], now: Date): HTMLElement | undefined {
  const tiers = waiting(queues);
  if (tiers.length === 0) return undefined;
  const line = (tier: TierClock) =>
    el(
      'li',
      { class: isNearLoss(tier, now) ? 'near' : '' },
      el('b', {}, queueName(tier.queue)),
      ` ${plural(tier.messages, 'message')}. `,
      ...(tier.problem ? [`It can’t be looked at: ${tier.problem}.`] : said(tier)),
    );
  return el('ul', { class: 'clocks' }, ...tiers.map(line));
}

function said({ clock }: TierClock): (Node | string)[] {
  const { earliest, latest } = clock ?? {};
  if (!latest)
    return earliest
      ? ['SQS deletes the first not before ', time(earliest), '.']
      : ['How long the first has waited, nobody knows yet.'];
  if (!earliest || earliest === latest) return ['SQS deletes the first by ', time(latest), '.'];
  return ['SQS deletes the first between ', time(earliest), ' and ', time(latest), '.'];
}
