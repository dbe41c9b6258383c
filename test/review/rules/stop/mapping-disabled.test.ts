import { rule } from '../../../../review/rules/stop/mapping-disabled';
import { describeRule } from '../../describe-rule';

describeRule(rule);
