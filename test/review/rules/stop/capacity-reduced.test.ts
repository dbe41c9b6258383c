import { rule } from '../../../../review/rules/stop/capacity-reduced';
import { describeRule } from '../../describe-rule';

describeRule(rule);
