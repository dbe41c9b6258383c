import { rule } from '../../../../review/rules/loss/stream-position';
import { describeRule } from '../../describe-rule';

describeRule(rule);
