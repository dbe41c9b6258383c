import { rule } from '../../../../review/rules/stop/mapping-replaced';
import { describeRule } from '../../describe-rule';

describeRule(rule);
