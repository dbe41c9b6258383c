import { rule } from '../../../../review/rules/stop/cluster-rolling';
import { describeRule } from '../../describe-rule';

describeRule(rule);
