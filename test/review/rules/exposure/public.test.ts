import { rule } from '../../../../review/rules/exposure/public';
import { describeRule } from '../../describe-rule';
import { plan, resource } from '../../small-plan';

const group = (from: number, to = from, protocol = 'tcp') =>
  resource('aws_security_group.web', null, {
    after: { name: 'web', ingress: [{ cidr_blocks: ['0.0.0.0/0'], from_port: from, to_port: to, protocol }] },
    unknown: { id: true },
  });
const existing = { id: 'sg-1', name: 'mq', ingress: [] };

describeRule(rule, [
  ['a web server', plan(group(443)), ['info aws_security_group.web']],
  ['a broker’s port', plan(group(5671)), ['medium aws_security_group.web']],
  ['a range with a broker’s port in it', plan(group(5000, 6000)), ['medium aws_security_group.web']],
  ['everything', plan(group(0, 0, '-1')), ['medium aws_security_group.web']],
  [
    'a broker stands behind it',
    plan(
      resource('aws_mq_broker.shop', { broker_name: 'shop', security_groups: ['sg-1'] }),
      resource('aws_security_group.mq', existing, {
        after: {
          ...existing,
          ingress: [{ cidr_blocks: ['0.0.0.0/0'], from_port: 443, to_port: 443, protocol: 'tcp' }],
        },
      }),
    ),
    ['high aws_security_group.mq'],
  ],
]);
