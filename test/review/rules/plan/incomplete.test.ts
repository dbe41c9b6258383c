import { rule } from '../../../../review/rules/plan/incomplete';
import { describeRule } from '../../describe-rule';

describeRule(rule);
