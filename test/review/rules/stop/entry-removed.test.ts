import { rule } from '../../../../review/rules/stop/entry-removed';
import { describeRule } from '../../describe-rule';

describeRule(rule);
