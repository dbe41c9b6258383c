import { restarts } from '../../brokers/restarts';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'stop/broker-restart',
  severity: 'high',
  title: 'A broker restarts',
  *check({ graph }) {
    for (const { broker, before, after, immediately, users, standby } of restarts(graph)) {
      yield {
        resource: broker,
        severity: immediately ? 'high' : 'medium',
        before,
        after: `${after}, ${immediately ? 'at once (apply_immediately)' : 'in the next maintenance window'}`,
        why: `${
          standby
            ? 'Its instances restart; every connection breaks, and producers and consumers stand still until they have reconnected to the other one. Clients without a failover transport stay away.'
            : 'It has one instance: while that restarts, for minutes, nothing is sent or received.'
        }${users ? ' Who logs in with a user or a password that goes is refused from then on; the plan does not show which.' : ''}`,
        action: `${immediately ? 'Leave it to the maintenance window (`apply_immediately = false`) or apply at a quiet time' : 'Check that the maintenance window is a quiet time'}; check that every client reconnects by itself (failover:, retries).`,
      };
    }
  },
};
