import { rule } from '../../../../review/rules/blind/alarm-loosened';
import { describeRule } from '../../describe-rule';

describeRule(rule);
