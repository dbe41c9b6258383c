import { rule } from '../../../../review/rules/loss/dead-letter-type';
import { describeRule } from '../../describe-rule';

describeRule(rule);
