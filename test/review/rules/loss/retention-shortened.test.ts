import { rule } from '../../../../review/rules/loss/retention-shortened';
import { describeRule } from '../../describe-rule';

describeRule(rule);
