import { rule } from '../../../../review/rules/loss/retries-reduced';
import { describeRule } from '../../describe-rule';

describeRule(rule);
