import { rule } from '../../../../review/rules/stop/brokers-together';
import { describeRule } from '../../describe-rule';

describeRule(rule);
