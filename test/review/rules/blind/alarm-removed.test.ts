import { rule } from '../../../../review/rules/blind/alarm-removed';
import { describeRule } from '../../describe-rule';

describeRule(rule);
