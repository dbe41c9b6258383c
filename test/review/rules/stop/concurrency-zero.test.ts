import { rule } from '../../../../review/rules/stop/concurrency-zero';
import { describeRule } from '../../describe-rule';

describeRule(rule);
