import { rule } from '../../../../review/rules/stop/network-path';
import { describeRule } from '../../describe-rule';

describeRule(rule);
