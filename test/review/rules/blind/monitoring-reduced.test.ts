import { rule } from '../../../../review/rules/blind/monitoring-reduced';
import { describeRule } from '../../describe-rule';

describeRule(rule);
