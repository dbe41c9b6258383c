import { rule } from '../../../../review/rules/exposure/public';
import { describeRule } from '../../describe-rule';

describeRule(rule);
