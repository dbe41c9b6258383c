import { read, survives } from '../graph/side';
import type { Resource } from '../plan/model';
import { certainlyDiffers, isAbsent, isOpen, textOf, type Value } from '../plan/values';
import { booleanOn } from './newly';
import type { Draft, Rule } from './rule';

const ROUTE_STATES: readonly { type: string; path: string; off: string }[] = [
  { type: 'aws_cloudwatch_event_rule', path: 'state', off: 'DISABLED' },
  { type: 'aws_scheduler_schedule', path: 'state', off: 'DISABLED' },
  { type: 'aws_pipes_pipe', path: 'desired_state', off: 'STOPPED' },
];

const routeDisabled: Rule = {
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

/** Where each type says in which shape it hands messages on. What they hold is not shown: it may be anything. */
const SHAPES: readonly { type: string; path: string; say: (value: Value | undefined) => string }[] = [
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

const shape: Rule = {
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

export const deliveryRules: readonly Rule[] = [routeDisabled, shape];
