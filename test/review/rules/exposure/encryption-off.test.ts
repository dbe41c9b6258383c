import { rule } from '../../../../review/rules/exposure/encryption-off';
import { describeRule } from '../../describe-rule';

describeRule(rule);
