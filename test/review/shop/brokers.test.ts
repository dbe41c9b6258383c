import { arn } from '../small-plan';
import { BROKER, CLUSTER, nodes, type Shop, whatItSays } from './shop';

const CONFIGURATION = 'aws_mq_configuration.shop';
const STRATEGY = '<individualDeadLetterStrategy queuePrefix="DLQ."/>';
const bridge = (name: string) => `<networkConnector name="${name}" uri="masterslave:(ssl://${name}:61617)"/>`;
const SETTINGS: [what: string, before: string, after: string, expected: string[]][] = [
  ['a queue loses its dead letters', STRATEGY, '', [`medium loss/redrive-removed ${CONFIGURATION}`]],
  ['a strategy moves', `<a/>${STRATEGY}`, `${STRATEGY}<a/>`, []],
  ['dead letters are discarded', '', '<discardingDLQBrokerPlugin/>', [`high loss/redrive-removed ${CONFIGURATION}`]],
  ['a bridge goes', bridge('west') + bridge('east'), bridge('east'), [`high stop/redundancy-removed ${CONFIGURATION}`]],
  ['bridges in another order', bridge('west') + bridge('east'), bridge('east') + bridge('west'), []],
  ['one more bridge', bridge('west'), bridge('west') + bridge('east'), []],
];

whatItSays('brokers', [
  [
    'logs are switched on, at once',
    (shop) =>
      shop
        .was(BROKER, { apply_immediately: true, logs: [{ general: false, audit: 'false' }] })
        .update(BROKER, { logs: [{ general: true, audit: 'true' }] }),
    ['high stop/broker-restart aws_mq_broker.shop'],
  ],
  [
    'another window, with apply_immediately',
    (shop) =>
      shop.was(BROKER, { apply_immediately: true }).update(BROKER, {
        maintenance_window_start_time: [{ day_of_week: 'MONDAY', time_of_day: '12:00', time_zone: 'UTC' }],
      }),
    ['high stop/broker-restart aws_mq_broker.shop'],
  ],
  [
    'two that have nothing to do with each other',
    (shop) =>
      shop
        .update(BROKER, { host_instance_type: 'mq.m5.xlarge', apply_immediately: true })
        .update('aws_mq_broker.rabbit', { host_instance_type: 'mq.m7g.xlarge', apply_immediately: true }),
    [
      'high stop/broker-restart aws_mq_broker.rabbit',
      'high stop/broker-restart aws_mq_broker.shop',
      'low cost/increase aws_mq_broker.rabbit',
      'low cost/increase aws_mq_broker.shop',
    ],
  ],
  [
    'smaller instances',
    (shop) =>
      shop
        .was(BROKER, { host_instance_type: 'mq.m5.xlarge' })
        .update(BROKER, { host_instance_type: 'mq.m5.large' })
        .update(CLUSTER, nodes(shop, { instance_type: 'kafka.t3.small' })),
    [
      'medium stop/broker-restart aws_mq_broker.shop',
      'medium stop/capacity-reduced aws_mq_broker.shop',
      'medium stop/capacity-reduced aws_msk_cluster.shop',
      'medium stop/cluster-rolling aws_msk_cluster.shop',
    ],
  ],
  [
    'instances of another family, as large',
    (shop) => shop.update(CLUSTER, nodes(shop, { instance_type: 'kafka.m7g.large' })),
    ['medium stop/cluster-rolling aws_msk_cluster.shop'],
  ],
  [
    'two of one kind with names and configurations of their own',
    (shop) =>
      shop
        .also('aws_mq_broker.billing', {
          ...shop.of(BROKER),
          arn: arn('mq', 'broker:billing:b-9'),
          id: 'b-9',
          broker_name: 'billing',
          configuration: [{ id: 'c-9', revision: 1 }],
        })
        .update(BROKER, { engine_version: '5.19', apply_immediately: true })
        .update('aws_mq_broker.billing', { engine_version: '5.19', apply_immediately: true }),
    [
      'high stop/broker-restart aws_mq_broker.billing',
      'high stop/broker-restart aws_mq_broker.shop',
      'high stop/engine-upgrade aws_mq_broker.billing',
      'high stop/engine-upgrade aws_mq_broker.shop',
    ],
  ],
  [
    'two of which one has a network connector to the other',
    (shop) =>
      shop
        .also('aws_mq_broker.spoke', {
          ...shop.of(BROKER),
          arn: arn('mq', 'broker:spoke:b-9'),
          id: 'b-9',
          broker_name: 'spoke',
          configuration: [{ id: 'c-9', revision: 1 }],
        })
        .was('aws_mq_configuration.shop', { data: '<networkConnector uri="static:(ssl://b-9-1.mq.amazonaws.com)"/>' })
        .replace(BROKER, { storage_type: 'ebs' })
        .update('aws_mq_broker.spoke', { logs: [{ general: false }], apply_immediately: true }),
    [
      'critical loss/replaced aws_mq_broker.shop',
      'critical stop/brokers-together aws_mq_broker.shop',
      'high stop/broker-restart aws_mq_broker.spoke',
      'medium blind/broker-logs aws_mq_broker.spoke',
    ],
  ],
  [
    'two whose names say that they stand in for each other',
    (shop) =>
      shop
        .was(BROKER, { broker_name: 'shop-east' })
        .also('aws_mq_broker.other', {
          ...shop.of(BROKER),
          arn: arn('mq', 'broker:shop-west:b-9'),
          id: 'b-9',
          broker_name: 'shop-west',
          configuration: [{ id: 'c-9', revision: 1 }],
        })
        .update(BROKER, { host_instance_type: 'mq.m5.xlarge', apply_immediately: true })
        .update('aws_mq_broker.other', { host_instance_type: 'mq.m5.xlarge', apply_immediately: true }),
    [
      'critical stop/brokers-together aws_mq_broker.other',
      'high stop/broker-restart aws_mq_broker.other',
      'high stop/broker-restart aws_mq_broker.shop',
      'low cost/increase aws_mq_broker.other',
      'low cost/increase aws_mq_broker.shop',
    ],
  ],
  [
    'one of two goes, the other restarts',
    (shop) =>
      shop
        .also('aws_mq_broker.other', {
          ...shop.of(BROKER),
          arn: arn('mq', 'broker:shop-2:b-9'),
          id: 'b-9',
          broker_name: 'shop-2',
        })
        .remove(BROKER)
        .update('aws_mq_broker.other', { host_instance_type: 'mq.m5.xlarge', apply_immediately: true }),
    [
      'critical loss/destroyed aws_mq_broker.shop',
      'critical stop/brokers-together aws_mq_broker.other',
      'high stop/broker-restart aws_mq_broker.other',
      'low cost/increase aws_mq_broker.other',
    ],
  ],
  [
    'an unsafe configuration of a cluster',
    (shop) =>
      shop
        .update(
          'aws_msk_configuration.shop',
          {
            server_properties:
              'min.insync.replicas=1\ndefault.replication.factor=1\nunclean.leader.election.enable=true\nlog.retention.hours=168',
          },
          { latest_revision: true },
        )
        .update(
          CLUSTER,
          { configuration_info: [{ arn: arn('kafka', 'configuration/shop/1') }] },
          { configuration_info: [{ revision: true }] },
        ),
    ['high loss/protection-removed aws_msk_configuration.shop', 'medium stop/cluster-rolling aws_msk_cluster.shop'],
  ],
  [
    'logs of a cluster are disabled',
    (shop) => shop.update(CLUSTER, { logging_info: [{ broker_logs: [{ cloudwatch_logs: [{ enabled: false }] }] }] }),
    ['medium blind/broker-logs aws_msk_cluster.shop'],
  ],
  [
    'a cluster without login',
    (shop) =>
      shop.update(CLUSTER, { client_authentication: [{ sasl: [{ iam: true, scram: true }], unauthenticated: true }] }),
    ['high exposure/public aws_msk_cluster.shop', 'medium stop/cluster-rolling aws_msk_cluster.shop'],
  ],
  [
    'a cluster with fewer ways to log in',
    (shop) => shop.update(CLUSTER, { client_authentication: [{ sasl: [{ iam: false, scram: true }] }] }),
    ['high stop/broker-login-removed aws_msk_cluster.shop', 'medium stop/cluster-rolling aws_msk_cluster.shop'],
  ],
  [
    'a public cluster',
    (shop) =>
      shop.update(
        CLUSTER,
        nodes(shop, { connectivity_info: [{ public_access: [{ type: 'SERVICE_PROVIDED_EIPS' }] }] }),
      ),
    ['high exposure/public aws_msk_cluster.shop'],
  ],
  [
    'a file system goes with all that belongs to it',
    (shop) =>
      shop.remove(
        'aws_efs_file_system.spool',
        'aws_efs_mount_target.a',
        'aws_efs_mount_target.b',
        'aws_efs_backup_policy.spool',
        'aws_efs_access_point.spool',
      ),
    ['critical loss/destroyed aws_efs_file_system.spool'],
  ],
  ...SETTINGS.map(([what, before, after, expected]): [string, (shop: Shop) => Shop, string[]] => [
    what,
    (shop) =>
      shop
        .was(CONFIGURATION, { data: `<broker>${before}</broker>` })
        .update(CONFIGURATION, { data: `<broker>${after}</broker>` }),
    expected,
  ]),
]);
