import { read, survives } from '../../graph/side';
import { certainlyDiffers, isAbsent, isOpen, textOf, type Value } from '../../plan/values';
import type { TypePath } from '../../resources';
import type { Rule } from '../rule';

/** Where each type says in which shape it hands messages on. What they hold is not shown: it may be anything. */
const SHAPES: readonly (TypePath & { say: (value: Value | undefined) => string })[] = [
  {
    type: 'aws_sns_topic_subscription',
    path: 'raw_message_delivery',
    say: (value) => (value === true ? 'the message as it was published' : 'the message inside SNS’s envelope'),
  },
  {
    type: 'aws_cloudwatch_event_target',
    path: 'input',
    say: (value) => (isAbsent(value) ? 'the event' : 'a constant'),
  },
  {
    type: 'aws_cloudwatch_event_target',
    path: 'input_path',
    say: (value) => (isAbsent(value) ? 'the whole event' : `${textOf(value) ?? 'a part'} of the event`),
  },
  {
    type: 'aws_cloudwatch_event_target',
    path: 'input_transformer',
    say: (value) => (isAbsent(value) ? 'the event' : 'the event as a template shapes it'),
  },
  {
    type: 'aws_pipes_pipe',
    path: 'target_parameters.0.input_template',
    say: (value) => (isAbsent(value) ? 'the record' : 'the record as a template shapes it'),
  },
  {
    type: 'aws_scheduler_schedule',
    path: 'target.0.input',
    say: (value) => (isAbsent(value) ? 'the schedule’s own event' : 'a constant'),
  },
  {
    type: 'aws_apigatewayv2_integration',
    path: 'request_parameters.MessageBody',
    say: (value) => textOf(value) ?? 'nothing',
  },
  {
    type: 'aws_dynamodb_table',
    path: 'stream_view_type',
    say: (value) => textOf(value) ?? 'no stream',
  },
];

export const rule: Rule = {
  id: 'stop/message-shape',
  severity: 'high',
  title: 'Messages arrive in another shape',
  *check({ graph }) {
    for (const { type, path, say } of SHAPES) {
      for (const resource of graph.ofType(type)) {
        const before = read(resource, 'before', path);
        const after = read(resource, 'after', path);
        if (!survives(resource) || !certainlyDiffers(before, after)) continue;
        const protocol = read(resource, 'after', 'protocol');
        if (type === 'aws_sns_topic_subscription' && (isOpen(protocol) || protocol === 'lambda')) continue;
        if (type === 'aws_dynamodb_table' && (isAbsent(before) || isAbsent(after))) continue;
        const [was, is] = [say(before), say(after)];
        yield {
          resource,
          before: was,
          after: was === is ? `${is}, another one` : is,
          why: 'Whoever receives them reads them as before: every message fails to parse, or is taken for an empty one, and ends as a dead letter or as nothing.',
          action:
            'Make the receiver read both shapes first, in an earlier apply; then change it, then drop the old one.',
        };
      }
    }
  },
};
