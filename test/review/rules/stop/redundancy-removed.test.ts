import { rule } from '../../../../review/rules/stop/redundancy-removed';
import { describeRule } from '../../describe-rule';

describeRule(rule);
