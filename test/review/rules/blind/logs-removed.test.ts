import { rule } from '../../../../review/rules/blind/logs-removed';
import { describeRule } from '../../describe-rule';

describeRule(rule);
