import { rule } from '../../../../review/rules/loss/renamed';
import { describeRule } from '../../describe-rule';

describeRule(rule);
