import { rule } from '../../../../review/rules/loss/protection-removed';
import { describeRule, saidOf } from '../../describe-rule';
import { plan, resource } from '../../small-plan';

describeRule(rule);

const changed = (type: string, before: object, after: object) =>
  saidOf(rule, plan(resource(`${type}.orders`, { ...before }, { after: { ...after } })));

test.each([
  ['aws_db_instance', { deletion_protection: true }, { deletion_protection: false }],
  ['aws_rds_cluster', { deletion_protection: true }, { deletion_protection: null }],
  ['aws_docdb_cluster', { deletion_protection: true }, { deletion_protection: false }],
  ['aws_neptune_cluster', { deletion_protection: true }, { deletion_protection: false }],
  ['aws_eks_cluster', { deletion_protection: true }, { deletion_protection: false }],
  ['aws_dynamodb_table', { deletion_protection_enabled: true }, { deletion_protection_enabled: false }],
  ['aws_cognito_user_pool', { deletion_protection: 'ACTIVE' }, { deletion_protection: 'INACTIVE' }],
  ['aws_lb', { enable_deletion_protection: true }, { enable_deletion_protection: false }],
  ['aws_networkfirewall_firewall', { delete_protection: true }, { delete_protection: false }],
  ['aws_emr_cluster', { termination_protection: true }, { termination_protection: null }],
  ['aws_secretsmanager_secret', { recovery_window_in_days: 30 }, { recovery_window_in_days: 0 }],
  ['aws_secretsmanager_secret', { recovery_window_in_days: null }, { recovery_window_in_days: 0 }],
])('%s may no longer lose its protection in silence', async (type, before, after) => {
  expect(await changed(type, before, after)).toHaveLength(1);
});

test.each([
  ['aws_db_instance', { deletion_protection: false }, { deletion_protection: true }],
  ['aws_cognito_user_pool', { deletion_protection: 'INACTIVE' }, { deletion_protection: 'ACTIVE' }],
  ['aws_secretsmanager_secret', { recovery_window_in_days: 0 }, { recovery_window_in_days: 7 }],
  ['aws_secretsmanager_secret', { recovery_window_in_days: 30 }, { recovery_window_in_days: 14 }],
])('%s that stays protected is silent', async (type, before, after) => {
  expect(await changed(type, before, after)).toEqual([]);
});
