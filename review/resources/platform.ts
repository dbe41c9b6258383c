import type { ResourceType } from './resource-type';

/** What holds things of others: images, users, names, whole stacks. */
export const platform = {
  aws_cloudformation_stack: {
    attributes: [],
    holds: {
      lost: 'the stack with everything that it made, queues and tables included unless their DeletionPolicy keeps them',
      severity: 'critical',
      first: 'List what it made (`aws cloudformation list-stack-resources --stack-name …`) and keep what is needed',
      move: 'make its resources there, move their users over',
    },
  },
  aws_cloudformation_stack_set: {
    attributes: [],
    holds: {
      lost: 'the set from which stacks in other accounts and regions are made',
      severity: 'high',
      first: 'List its instances and end each',
      refusedWhile: { left: 'one stack instance' },
      move: 'make its instances there',
    },
  },
  aws_cognito_user_pool: {
    attributes: [],
    holds: {
      lost: 'every user with their password: nobody can sign in, and a new pool has nobody in it',
      severity: 'critical',
      first: 'Export its users, and show that nobody signs in there',
      move: 'import the users (their passwords can not be moved), move its clients over',
    },
  },
  aws_ecr_repository: {
    attributes: ['force_delete', 'encryption_configuration'],
    names: ['name'],
    holds: {
      lost: 'every image in it: what runs can not be started again',
      severity: 'high',
      first: 'Copy the images that something still runs',
      refusedWhile: { left: 'one image', unless: 'force_delete' },
      move: 'copy the images, let everything that runs name them there',
    },
    key: 'encryption_configuration.0.kms_key',
  },
  aws_route53_zone: {
    attributes: ['force_destroy'],
    holds: {
      lost: 'the zone with every record: names in it are found by nobody',
      severity: 'high',
      first: 'Show that nobody looks up a name in it',
      refusedWhile: { left: 'a record beside its own NS and SOA', unless: 'force_destroy' },
      move: 'make its records there, then delegate to it',
    },
  },
  aws_batch_job_queue: {
    attributes: [],
    holds: {
      lost: 'every job that waits in it: AWS ends them',
      severity: 'high',
      first: 'Submit nothing more to it, and let what waits come to its end',
      move: 'submit what is new there, let what waits in the old one come to its end',
    },
  },
  aws_sns_platform_application: {
    attributes: [],
    holds: {
      lost: 'every device that is registered with it: nobody can be notified until each has registered again',
      severity: 'high',
      first: 'Move its devices first',
      move: 'register every device there',
    },
  },
  aws_appsync_graphql_api: {
    attributes: [],
    holds: {
      lost: 'the API with its address: whoever calls it, or waits for its subscriptions, gets nothing',
      severity: 'high',
      first: 'Move its callers first',
      move: 'give its callers the new address',
    },
  },
  aws_glue_catalog_database: {
    attributes: [],
    holds: {
      lost: 'the database with every table in it, those that crawlers made as well',
      severity: 'high',
      first: 'Show that nobody queries its tables',
      move: 'make its tables there',
    },
  },
  helm_release: {
    attributes: [],
    holds: {
      lost: 'everything that the chart installed, brokers and consumers included',
      severity: 'high',
      first: 'Show what it installed (`helm get manifest …`), and that nobody needs it',
      move: 'move whoever uses it over',
    },
  },
  confluent_environment: {
    attributes: [],
    holds: {
      lost: 'the environment with every cluster and topic in it',
      severity: 'critical',
      first: 'List its clusters, and show that nobody uses one',
      move: 'move producers over, let every consumer group read the old one to its end',
    },
  },
  confluent_kafka_cluster: {
    attributes: [],
    holds: {
      lost: 'every topic with its records and offsets',
      severity: 'critical',
      first: 'List its topics, and show that every consumer group has read them to the end',
      move: 'move producers over, let every consumer group read the old one to its end',
    },
  },
} as const satisfies Readonly<Record<string, ResourceType>>;
