import { rule } from '../../../../review/rules/stop/deduplication';
import { describeRule } from '../../describe-rule';

describeRule(rule);
