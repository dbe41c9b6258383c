import { rule } from '../../../../review/rules/loss/redrive-denied';
import { describeRule } from '../../describe-rule';

describeRule(rule);
