import { rule } from '../../../../review/rules/stop/mapping-removed';
import { describeRule } from '../../describe-rule';

describeRule(rule);
