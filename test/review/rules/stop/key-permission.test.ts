import { rule } from '../../../../review/rules/stop/key-permission';
import { describeRule } from '../../describe-rule';

describeRule(rule);
