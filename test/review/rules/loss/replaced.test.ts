import { rule } from '../../../../review/rules/loss/replaced';
import { describeRule } from '../../describe-rule';

describeRule(rule);
