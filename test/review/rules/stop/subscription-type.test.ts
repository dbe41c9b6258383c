import { rule } from '../../../../review/rules/stop/subscription-type';
import { describeRule } from '../../describe-rule';

describeRule(rule);
