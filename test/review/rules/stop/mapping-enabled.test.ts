import { rule } from '../../../../review/rules/stop/mapping-enabled';
import { describeRule } from '../../describe-rule';

describeRule(rule);
