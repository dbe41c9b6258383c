import { rule } from '../../../../review/rules/blind/log-retention';
import { describeRule } from '../../describe-rule';

describeRule(rule);
