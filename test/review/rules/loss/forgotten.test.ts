import { rule } from '../../../../review/rules/loss/forgotten';
import { describeRule } from '../../describe-rule';

describeRule(rule);
