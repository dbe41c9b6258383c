import { rule } from '../../../../review/rules/loss/protection-removed';
import { describeRule } from '../../describe-rule';

describeRule(rule);
