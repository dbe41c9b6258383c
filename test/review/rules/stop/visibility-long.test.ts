import { rule } from '../../../../review/rules/stop/visibility-long';
import { describeRule } from '../../describe-rule';

describeRule(rule);
