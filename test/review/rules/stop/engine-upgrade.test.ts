import { rule } from '../../../../review/rules/stop/engine-upgrade';
import { describeRule } from '../../describe-rule';

describeRule(rule);
