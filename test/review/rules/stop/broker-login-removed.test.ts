import { rule } from '../../../../review/rules/stop/broker-login-removed';
import { describeRule } from '../../describe-rule';

describeRule(rule);
