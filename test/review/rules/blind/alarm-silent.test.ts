import { rule } from '../../../../review/rules/blind/alarm-silent';
import { describeRule } from '../../describe-rule';

describeRule(rule);
