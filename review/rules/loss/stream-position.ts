import { booleanOn } from '../../graph/change';
import { readersOf, whoOf } from '../../graph/readers';
import { existsOn, read, survives } from '../../graph/side';
import { list } from '../../plan/format';
import { isOpen, textOf } from '../../plan/values';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: 'loss/stream-position',
  severity: 'high',
  title: 'A stream consumer loses its place in the stream',
  *check({ graph }) {
    for (const mapping of graph.ofType('aws_lambda_event_source_mapping')) {
      if (mapping.action !== 'replace') continue;
      const start = textOf(read(mapping, 'after', 'starting_position'));
      if (!start) continue;
      const latest = start === 'LATEST';
      yield {
        resource: mapping,
        severity: latest ? 'high' : 'medium',
        before: 'reads on from its checkpoint',
        after: `starts at ${start}`,
        why: latest
          ? 'The checkpoint goes with the mapping, and the new one starts with records that come after it: those in between are never processed.'
          : 'The checkpoint goes with the mapping, and the new one reads what the stream still keeps again: every record of that time is processed twice.',
        action: latest
          ? 'Start at AT_TIMESTAMP, a little before the apply.'
          : 'Make sure that processing a record twice has no second effect, or start at AT_TIMESTAMP.',
      };
    }
    for (const table of graph.ofType('aws_dynamodb_table')) {
      if (!survives(table) || booleanOn(table, 'before', 'stream_enabled') !== true) continue;
      const on = read(table, 'after', 'stream_enabled');
      const off = !isOpen(on) && booleanOn(table, 'after', 'stream_enabled') !== true;
      const [was, is] = [
        textOf(read(table, 'before', 'stream_view_type')),
        textOf(read(table, 'after', 'stream_view_type')),
      ];
      if (!off && (was === undefined || is === undefined || was === is)) continue;
      const left = readersOf(graph, table, 'after').filter(({ resource }) => existsOn(resource, 'before'));
      const who = left.length > 0 ? list(left.map(whoOf)) : 'whoever reads it';
      yield {
        resource: table,
        severity: left.length > 0 ? 'high' : 'medium',
        before: `stream with ${was ?? 'its records'}`,
        after: off ? 'no stream' : `a new stream, with ${is}`,
        why: off
          ? `Changes to items are told to nobody any more, ${who} among them; what it had not read yet is readable for a day at most.`
          : `A stream can not change what it shows: the table gets a new one under another ARN. ${left.length > 0 ? `${who} reads the old one to its end, or is put on the new one and never sees the rest` : 'Whoever reads the old one gets nothing new'}.`,
        action: off
          ? 'Remove its readers first, when they have caught up.'
          : 'Let the readers catch up while nothing is written, then change stream and readers in one apply.',
      };
    }
  },
};
