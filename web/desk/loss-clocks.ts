import type { AttachedQueue } from '../../functions/desk/core/desk';
import { isNearLoss, type TierClock } from '../../functions/desk/core/loss-clock';
import { el } from '../dom';
import { plural } from '../format';
import { queueName, time } from './controls';

/** What SQS will delete, of every queue that is attached: the first loss first. Nothing where nothing waits in a queue. */
export function lossClocks(queues: readonly AttachedQueue[], now: Date): HTMLElement[] {
  const tiers = queues.flatMap(({ tiers: each }) => each).filter(({ messages, problem }) => messages > 0 || problem);
  if (tiers.length === 0) return [];
  const first = ({ clock }: TierClock) => clock?.earliest ?? clock?.latest ?? '9999';
  return [
    el('h2', {}, 'Still in SQS'),
    el(
      'ul',
      { class: 'clocks' },
      ...[...tiers]
        .sort((a, b) => first(a).localeCompare(first(b)))
        .map((tier) =>
          el(
            'li',
            { class: isNearLoss(tier, now) ? 'near' : '' },
            el('b', {}, queueName(tier.queue)),
            ` ${plural(tier.messages, 'message')}. `,
            ...(tier.problem ? [`It can’t be looked at: ${tier.problem}.`] : said(tier)),
          ),
        ),
    ),
  ];
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
