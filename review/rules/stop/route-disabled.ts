import { booleanOn } from '../../graph/change';
import { read, survives } from '../../graph/side';
import type { Resource } from '../../plan/model';
import { textOf } from '../../plan/values';
import type { TypePath } from '../../resources';
import type { Draft, Rule } from '../rule';

const ROUTE_STATES: readonly (TypePath & { off: string })[] = [
  { type: 'aws_cloudwatch_event_rule', path: 'state', off: 'DISABLED' },
  { type: 'aws_scheduler_schedule', path: 'state', off: 'DISABLED' },
  { type: 'aws_pipes_pipe', path: 'desired_state', off: 'STOPPED' },
];

export const rule: Rule = {
  id: 'stop/route-disabled',
  severity: 'high',
  title: 'A rule, schedule or pipe is switched off',
  *check({ graph }) {
    const draft = (resource: Resource, before: string, after: string): Draft => ({
      resource,
      before,
      after,
      why:
        resource.type === 'aws_pipes_pipe'
          ? 'Nothing is carried any more; what waits at the source expires there.'
          : 'What it would have matched or started meanwhile is not made up for later.',
      action: 'Say who switches it on again and when.',
    });
    for (const { type, path, off } of ROUTE_STATES) {
      for (const resource of graph.ofType(type)) {
        const [before, after] = [textOf(read(resource, 'before', path)), textOf(read(resource, 'after', path))];
        if (survives(resource) && after === off && before !== undefined && before !== off)
          yield draft(resource, before, after);
      }
    }
    for (const rule of graph.ofType('aws_cloudwatch_event_rule')) {
      if (!survives(rule) || textOf(read(rule, 'after', 'state')) === 'DISABLED') continue;
      if (booleanOn(rule, 'before', 'is_enabled') === true && booleanOn(rule, 'after', 'is_enabled') === false) {
        yield draft(rule, 'enabled', 'disabled');
      }
    }
  },
};
