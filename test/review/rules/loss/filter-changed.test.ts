import { rule } from '../../../../review/rules/loss/filter-changed';
import { describeRule } from '../../describe-rule';

describeRule(rule);
