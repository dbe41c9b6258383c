import type { ResourceType } from './resource-type';

/** Amazon MQ, MSK and brokers of others. */
export const brokers = {
  aws_mq_broker: {
    attributes: [
      'broker_name',
      'host_instance_type',
      'engine_type',
      'engine_version',
      'deployment_mode',
      'configuration',
      'apply_immediately',
      'maintenance_window_start_time',
      'publicly_accessible',
      'logs',
      'encryption_options',
      'security_groups',
      'storage_type',
      'auto_minor_version_upgrade',
      'authentication_strategy',
      'user',
      'data_replication_mode',
      'subnet_ids',
    ],
    names: ['broker_name'],
    holds: {
      lost: 'every message that the broker stores',
      severity: 'critical',
      move: 'move producers over, let consumers drain the old one',
    },
    key: 'encryption_options.0.kms_key_id',
    reading: ['mq:DescribeBroker'],
    one: { identity: ['broker_name'], created: 'refused' },
    fixed: ['engine_type', 'deployment_mode', 'storage_type', 'publicly_accessible'],
  },
  aws_mq_configuration: { attributes: ['data', 'engine_type', 'engine_version', 'latest_revision'] },
  aws_mq_user: { attributes: ['broker_id'] },
  aws_msk_cluster: {
    attributes: [
      'cluster_name',
      'kafka_version',
      'number_of_broker_nodes',
      'broker_node_group_info',
      'configuration_info',
      'encryption_info',
      'client_authentication',
      'enhanced_monitoring',
      'logging_info',
      'open_monitoring',
      'storage_mode',
    ],
    names: ['cluster_name'],
    holds: {
      lost: 'every topic with its records and offsets',
      severity: 'critical',
      move: 'move producers over, let every consumer group read the old one to its end',
    },
    key: 'encryption_info.0.encryption_at_rest_kms_key_arn',
    reading: ['kafka:GetBootstrapBrokers'],
    one: { identity: ['cluster_name'], created: 'refused' },
  },
  aws_msk_serverless_cluster: {
    attributes: ['cluster_name'],
    holds: {
      lost: 'every topic with its records and offsets',
      severity: 'critical',
      move: 'move producers over, let every consumer group read the old one to its end',
    },
  },
  aws_msk_configuration: { attributes: ['server_properties', 'kafka_versions', 'latest_revision'] },
  aws_msk_cluster_policy: { attributes: ['cluster_arn'], one: { identity: ['cluster_arn'], created: 'over it' } },
  aws_msk_scram_secret_association: {
    attributes: ['cluster_arn', 'secret_arn_list'],
    one: { identity: ['cluster_arn'], created: 'over it' },
  },
  aws_msk_single_scram_secret_association: { attributes: ['cluster_arn', 'secret_arn'] },
  kafka_topic: {
    attributes: [],
    holds: {
      lost: 'the topic with its records and the places of its consumer groups',
      severity: 'critical',
      move: 'move producers over, let every consumer group read the old one to its end',
    },
  },
  confluent_kafka_topic: {
    attributes: ['topic_name'],
    holds: {
      lost: 'the topic with its records and the places of its consumer groups',
      severity: 'critical',
      move: 'move producers over, let every consumer group read the old one to its end',
    },
  },
  rabbitmq_vhost: {
    attributes: [],
    holds: {
      lost: 'every queue in the virtual host with its messages, those that applications declared as well',
      severity: 'critical',
      move: 'move senders over, drain its queues',
    },
  },
  rabbitmq_queue: { attributes: ['vhost'], holds: { lost: 'every message in it', severity: 'critical' } },
  rabbitmq_exchange: {
    attributes: ['vhost'],
    holds: {
      lost: 'the exchange with its bindings: what is published there from then on is refused',
      severity: 'high',
      first: 'Move its publishers first',
      move: 'bind its queues, then move publishers over',
    },
  },
} as const satisfies Readonly<Record<string, ResourceType>>;
