import { rule } from '../../../../review/rules/blind/tracing-removed';
import { describeRule } from '../../describe-rule';

describeRule(rule);
