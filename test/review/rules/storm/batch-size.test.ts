import { rule } from '../../../../review/rules/storm/batch-size';
import { describeRule } from '../../describe-rule';

describeRule(rule);
