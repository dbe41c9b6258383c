import { rule } from '../../../../review/rules/exposure/wildcard';
import { describeRule } from '../../describe-rule';

describeRule(rule);
