import { rule } from '../../../../review/rules/stop/message-shape';
import { describeRule } from '../../describe-rule';

describeRule(rule);
