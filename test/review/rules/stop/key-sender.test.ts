import { rule } from '../../../../review/rules/stop/key-sender';
import { describeRule } from '../../describe-rule';

describeRule(rule);
