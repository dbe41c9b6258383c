import { rule } from '../../../../review/rules/loss/route-removed';
import { describeRule } from '../../describe-rule';

describeRule(rule);
