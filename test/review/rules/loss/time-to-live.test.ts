import { rule } from '../../../../review/rules/loss/time-to-live';
import { describeRule } from '../../describe-rule';

describeRule(rule);
