import { rule } from '../../../../review/rules/storm/bisect-removed';
import { describeRule } from '../../describe-rule';

describeRule(rule);
