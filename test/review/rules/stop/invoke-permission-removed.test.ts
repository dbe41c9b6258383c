import { rule } from '../../../../review/rules/stop/invoke-permission-removed';
import { describeRule } from '../../describe-rule';

describeRule(rule);
