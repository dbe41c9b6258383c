import { rule } from '../../../../review/rules/stop/broker-restart';
import { describeRule } from '../../describe-rule';

describeRule(rule);
