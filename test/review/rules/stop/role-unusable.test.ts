import { rule } from '../../../../review/rules/stop/role-unusable';
import { describeRule } from '../../describe-rule';

describeRule(rule);
