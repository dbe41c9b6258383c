import { rule } from '../../../../review/rules/stop/key-alias-retargeted';
import { describeRule, saidOf } from '../../describe-rule';
import { arn, constant, plan, reference, resource } from '../../small-plan';

describeRule(rule);

const key = (name: string, before: object | null = { key_id: name, arn: arn('kms', `key/${name}`) }) =>
  resource(
    `aws_kms_key.${name}`,
    before && { ...before },
    before ? {} : { after: {}, unknown: { arn: true, key_id: true } },
  );
const alias = { name: 'alias/orders', target_key_id: 'old' };
const queue = resource('aws_sqs_queue.orders', { name: 'orders', kms_master_key_id: 'alias/orders' });

test('an alias that leads to a key this plan makes is told', async () => {
  const moved = resource('aws_kms_alias.orders', alias, {
    after: { name: alias.name },
    unknown: { target_key_id: true },
    expressions: {
      name: constant(alias.name),
      target_key_id: reference('aws_kms_key.fresh.key_id', 'aws_kms_key.fresh'),
    },
  });
  expect(await saidOf(rule, plan(key('old'), key('fresh', null), moved, queue))).toEqual([
    expect.objectContaining({
      after: 'aws_kms_key.fresh',
      why: expect.stringContaining('What aws_sqs_queue.orders takes in is encrypted with the other key'),
    }),
  ]);
});

test('an alias whose key nobody can tell yet is silent', async () => {
  const open = resource('aws_kms_alias.orders', alias, {
    after: { name: alias.name },
    unknown: { target_key_id: true },
  });
  expect(await saidOf(rule, plan(key('old'), open, queue))).toEqual([]);
});
