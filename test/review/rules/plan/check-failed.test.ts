import { rule } from '../../../../review/rules/plan/check-failed';
import { describeRule } from '../../describe-rule';

describeRule(rule);
