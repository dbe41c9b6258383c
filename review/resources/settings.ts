import type { ResourceType } from './resource-type';

const ofBucket = { attributes: ['bucket'], one: { identity: ['bucket'], created: 'over it' } } as const;
const ofBucketByName = { attributes: ['bucket'], one: { identity: ['bucket', 'name'], created: 'over it' } } as const;

/** What says something of a thing of another service, and is written as a whole. */
export const settings = {
  aws_s3_bucket_ownership_controls: ofBucket,
  aws_s3_bucket_acl: ofBucket,
  aws_s3_bucket_logging: ofBucket,
  aws_s3_bucket_cors_configuration: ofBucket,
  aws_s3_bucket_website_configuration: ofBucket,
  aws_s3_bucket_accelerate_configuration: ofBucket,
  aws_s3_bucket_object_lock_configuration: ofBucket,
  aws_s3_bucket_request_payment_configuration: ofBucket,
  aws_s3_bucket_metric: ofBucketByName,
  aws_s3_bucket_inventory: ofBucketByName,
  aws_s3_bucket_analytics_configuration: ofBucketByName,
  aws_s3_bucket_intelligent_tiering_configuration: ofBucketByName,
  aws_ecr_repository_policy: {
    attributes: ['repository', 'policy'],
    one: { identity: ['repository'], created: 'over it' },
  },
  aws_ecr_lifecycle_policy: { attributes: ['repository'], one: { identity: ['repository'], created: 'over it' } },
  aws_ecr_registry_policy: { attributes: [], one: { identity: [], created: 'over it' } },
  aws_ecr_replication_configuration: { attributes: [], one: { identity: [], created: 'over it' } },
  aws_elasticsearch_domain_policy: {
    attributes: ['domain_name'],
    one: { identity: ['domain_name'], created: 'over it' },
  },
  aws_backup_vault_policy: {
    attributes: ['backup_vault_name', 'policy'],
    one: { identity: ['backup_vault_name'], created: 'over it' },
  },
  aws_backup_vault_notifications: {
    attributes: ['backup_vault_name'],
    one: { identity: ['backup_vault_name'], created: 'over it' },
  },
  aws_backup_vault_lock_configuration: {
    attributes: ['backup_vault_name'],
    one: { identity: ['backup_vault_name'], created: 'over it' },
  },
  aws_api_gateway_account: { attributes: [], one: { identity: [], created: 'over it' } },
  aws_sns_sms_preferences: { attributes: [], one: { identity: [], created: 'over it' } },
  aws_ses_active_receipt_rule_set: { attributes: [], one: { identity: [], created: 'over it' } },
  aws_ses_identity_notification_topic: {
    attributes: ['identity', 'notification_type', 'topic_arn'],
    one: { identity: ['identity', 'notification_type'], created: 'over it' },
  },
  aws_ses_identity_policy: {
    attributes: ['identity'],
    one: { identity: ['identity', 'name'], created: 'over it' },
  },
  aws_schemas_registry_policy: {
    attributes: ['registry_name'],
    one: { identity: ['registry_name'], created: 'over it' },
  },
  aws_glue_resource_policy: { attributes: [], one: { identity: [], created: 'over it' } },
  aws_ecs_cluster_capacity_providers: {
    attributes: ['cluster_name'],
    one: { identity: ['cluster_name'], created: 'over it' },
  },
  aws_appautoscaling_policy: {
    attributes: ['resource_id', 'service_namespace', 'scalable_dimension'],
    one: { identity: ['name', 'service_namespace', 'resource_id', 'scalable_dimension'], created: 'over it' },
  },
  aws_dynamodb_contributor_insights: {
    attributes: ['table_name', 'index_name'],
    one: { identity: ['table_name', 'index_name?'], created: 'over it' },
  },
  aws_iam_user_policy: { attributes: ['user'], one: { identity: ['user', 'name'], created: 'over it' } },
  aws_iam_group_policy: { attributes: ['group'], one: { identity: ['group', 'name'], created: 'over it' } },
  aws_iam_role_policies_exclusive: {
    attributes: ['role_name', 'policy_names'],
    one: { identity: ['role_name'], created: 'over it' },
  },
  aws_iam_role_policy_attachments_exclusive: {
    attributes: ['role_name', 'policy_arns'],
    one: { identity: ['role_name'], created: 'over it' },
  },
} as const satisfies Readonly<Record<string, ResourceType>>;
