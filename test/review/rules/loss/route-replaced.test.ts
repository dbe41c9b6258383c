import { rule } from '../../../../review/rules/loss/route-replaced';
import { describeRule } from '../../describe-rule';

describeRule(rule);
