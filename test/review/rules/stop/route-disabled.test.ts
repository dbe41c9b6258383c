import { rule } from '../../../../review/rules/stop/route-disabled';
import { describeRule } from '../../describe-rule';

describeRule(rule);
