import { rule } from '../../../../review/rules/loss/dead-letter-retention';
import { describeRule } from '../../describe-rule';

describeRule(rule);
