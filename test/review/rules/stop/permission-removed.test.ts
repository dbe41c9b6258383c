import { rule } from '../../../../review/rules/stop/permission-removed';
import { describeRule } from '../../describe-rule';

describeRule(rule);
