import { rule } from '../../../../review/rules/loss/competing-consumers';
import { describeRule } from '../../describe-rule';

describeRule(rule);
