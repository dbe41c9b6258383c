import { rule } from '../../../../review/rules/storm/visibility';
import { describeRule } from '../../describe-rule';

describeRule(rule);
