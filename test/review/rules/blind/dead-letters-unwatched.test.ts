import { rule } from '../../../../review/rules/blind/dead-letters-unwatched';
import { describeRule } from '../../describe-rule';

describeRule(rule);
