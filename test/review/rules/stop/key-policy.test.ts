import { rule } from '../../../../review/rules/stop/key-policy';
import { describeRule } from '../../describe-rule';

describeRule(rule);
