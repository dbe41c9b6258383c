import { rule } from '../../../../review/rules/blind/alarm-orphaned';
import { describeRule } from '../../describe-rule';

describeRule(rule);
