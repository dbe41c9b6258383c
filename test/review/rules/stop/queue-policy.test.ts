import { rule } from '../../../../review/rules/stop/queue-policy';
import { describeRule } from '../../describe-rule';

describeRule(rule);
