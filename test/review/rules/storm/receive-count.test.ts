import { rule } from '../../../../review/rules/storm/receive-count';
import { describeRule } from '../../describe-rule';

describeRule(rule);
