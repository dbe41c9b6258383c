import { rule } from '../../../../review/rules/cost/increase';
import { describeRule } from '../../describe-rule';

describeRule(rule);
