import { rule } from '../../../../review/rules/loss/gone-outside';
import { describeRule } from '../../describe-rule';

describeRule(rule);
