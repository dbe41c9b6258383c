import { rule } from '../../../../review/rules/loss/dead-letter-missing';
import { describeRule } from '../../describe-rule';

describeRule(rule);
