import { rule } from '../../../../review/rules/stop/delivery-delayed';
import { describeRule } from '../../describe-rule';

describeRule(rule);
