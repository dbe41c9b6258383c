import { rule } from '../../../../review/rules/stop/key-disabled';
import { describeRule } from '../../describe-rule';

describeRule(rule);
