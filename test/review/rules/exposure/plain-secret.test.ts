import { rule } from '../../../../review/rules/exposure/plain-secret';
import { describeRule } from '../../describe-rule';

describeRule(rule);
