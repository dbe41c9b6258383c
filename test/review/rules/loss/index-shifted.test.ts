import { rule } from '../../../../review/rules/loss/index-shifted';
import { describeRule } from '../../describe-rule';
import { plan, queue, resource } from '../../small-plan';

const names = (before: (string | undefined)[], after: (string | undefined)[], module?: string) =>
  plan(
    ...Array.from({ length: Math.max(before.length, after.length) }, (_, index) => {
      const [was, is] = [before[index], after[index]];
      const [old, fresh] = [was === undefined ? null : queue(was), is === undefined ? null : { name: is }];
      const actions = was === is ? ['no-op'] : old && fresh ? ['delete', 'create'] : old ? ['delete'] : ['create'];
      const place = module ? { module: `${module}[${index}]` } : { index };
      return resource('aws_sqs_queue.q', old, { after: was === is ? old : fresh, actions, ...place });
    }),
  );

describeRule(rule, [
  ['the first goes', names(['a', 'b', 'c'], ['b', 'c']), ['critical aws_sqs_queue.q[0]']],
  ['one in the middle goes', names(['a', 'b', 'c', 'd'], ['a', 'c', 'd']), ['critical aws_sqs_queue.q[1]']],
  ['one is put in at the front', names(['a', 'b'], ['x', 'a', 'b']), ['critical aws_sqs_queue.q[0]']],
  [
    'a module behind count',
    names(['a', 'b', 'c'], ['b', 'c'], 'module.orders'),
    ['critical module.orders[0].aws_sqs_queue.q'],
  ],
  ['the last goes', names(['a', 'b', 'c'], ['a', 'b']), []],
  ['one is put in at the end', names(['a', 'b'], ['a', 'b', 'c']), []],
  ['every name changes', names(['a', 'b'], ['a-2', 'b-2']), []],
]);
