import { rule } from '../../../../review/rules/loss/redrive-removed';
import { describeRule } from '../../describe-rule';

describeRule(rule);
