import { rule } from '../../../../review/rules/storm/timeout-raised';
import { describeRule } from '../../describe-rule';

describeRule(rule);
