import { rule } from '../../../../review/rules/storm/partial-batch';
import { describeRule } from '../../describe-rule';

describeRule(rule);
