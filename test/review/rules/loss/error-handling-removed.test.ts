import { rule } from '../../../../review/rules/loss/error-handling-removed';
import { describeRule } from '../../describe-rule';

describeRule(rule);
