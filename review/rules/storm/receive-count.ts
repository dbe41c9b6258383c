import { existsOn, type Side } from '../../graph/side';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'storm/receive-count',
  severity: 'high',
  title: 'Failing messages are retried far too often, or not at all',
  *check({ graph, settings }) {
    for (const queue of graph.ofType('aws_sqs_queue')) {
      const count = (side: Side) => {
        const policy = existsOn(queue, side) ? graph.deadLetter(queue, side) : undefined;
        return policy && policy !== 'unknown' ? policy.maxReceiveCount : undefined;
      };
      const [before, after] = [count('before'), count('after')];
      if (after === undefined || before === after) continue;
      const previous = before === undefined ? undefined : `maxReceiveCount ${before}`;
      if (after < 1) {
        yield {
          resource: queue,
          severity: 'critical',
          before: previous,
          after: `maxReceiveCount ${after}`,
          why: 'SQS takes 1 to 1,000. With 0 it refuses the policy, and until that is corrected the queue has none.',
          action: 'Set it to 3 to 5.',
        };
      } else if (farUp(before, after, settings.highestReceiveCount)) {
        yield {
          resource: queue,
          severity: before === undefined || after <= settings.highestReceiveCount ? 'medium' : 'high',
          before: previous,
          after: `maxReceiveCount ${after}`,
          why: `A message that can never succeed is tried ${after} times${before ? ` instead of ${before}` : ''} before anybody sees it. In an outage every message is: the sick dependency gets that many more calls, and compute is paid for each.`,
          action:
            'Keep it at 3 to 5; for long outages stop receiving (circuit breaker, mapping off) instead of retrying.',
        };
      } else if (after === 1 && (before === undefined || before > 1)) {
        yield {
          resource: queue,
          severity: 'low',
          before: previous,
          after: 'maxReceiveCount 1',
          why: 'A single transient fault, a throttle or a deployment in mid-batch sends a healthy message to the dead-letter queue.',
          action: 'Allow at least 3 receives; AWS advises 5 with Lambda.',
        };
      }
    }
  },
};

/** Above the limit, or several times of what it was, unless it is still little. */
const farUp = (before: number | undefined, after: number, highest: number): boolean =>
  before === undefined ? after > highest : after > before && (after > highest || (after >= 3 * before && after >= 10));
