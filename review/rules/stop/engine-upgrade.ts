import { read, survives } from '../../graph/side';
import { textOf } from '../../plan/values';
import type { TypePath } from '../../resources';
import type { Rule } from '../rule';

const upgrades: readonly TypePath[] = [
  { type: 'aws_mq_broker', path: 'engine_version' },
  { type: 'aws_msk_cluster', path: 'kafka_version' },
];

export const rule: Rule = {
  id: 'stop/engine-upgrade',
  severity: 'high',
  title: 'A broker engine is upgraded',
  *check({ graph }) {
    for (const { type, path } of upgrades) {
      for (const resource of graph.ofType(type)) {
        const [before, after] = [textOf(read(resource, 'before', path)), textOf(read(resource, 'after', path))];
        if (!survives(resource) || !before || !after || before === after) continue;
        const major = (version: string) =>
          version
            .split('.')
            .slice(0, type === 'aws_mq_broker' ? 2 : 1)
            .join('.');
        yield {
          resource,
          severity: major(before) === major(after) ? 'medium' : 'high',
          before,
          after,
          why: 'Every instance restarts, the store may be converted, and there is no way back to the older engine: a downgrade is a new broker.',
          action:
            'Read the engine’s upgrade notes, try it on a copy with the same clients, and do one broker or cluster at a time.',
        };
      }
    }
  },
};
