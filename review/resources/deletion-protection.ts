/**
 * Attributes that make AWS refuse to delete what has them, whatever its type. Not `disable_api_termination` of an instance:
 * the provider takes that away by itself before it destroys (hashicorp/terraform-provider-aws#31763).
 */
export const DELETION_PROTECTION = [
  // Databases, graphs, EKS clusters; `ACTIVE` of a Cognito user pool, `ENABLED` of a store of Verified Permissions.
  'deletion_protection',
  // Tables and their replicas, log groups, phone numbers, Aurora DSQL.
  'deletion_protection_enabled',
  // Load balancers of the second generation.
  'enable_deletion_protection',
  // Network Firewall.
  'delete_protection',
  // EMR clusters.
  'termination_protection',
  // Event data stores of CloudTrail.
  'termination_protection_enabled',
] as const;

const ON: ReadonlySet<unknown> = new Set([true, 'true', 'ACTIVE', 'ENABLED']);
export const isProtection = (value: unknown): boolean => ON.has(value);

/** Whose attribute of that name protects something else: the account of QuickSight. */
export const PROTECTS_ANOTHER: ReadonlySet<string> = new Set(['aws_quicksight_account_settings']);
