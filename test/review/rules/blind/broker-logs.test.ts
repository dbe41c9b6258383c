import { rule } from '../../../../review/rules/blind/broker-logs';
import { describeRule } from '../../describe-rule';

describeRule(rule);
