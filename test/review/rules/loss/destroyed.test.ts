import { rule } from '../../../../review/rules/loss/destroyed';
import { describeRule } from '../../describe-rule';

describeRule(rule);
