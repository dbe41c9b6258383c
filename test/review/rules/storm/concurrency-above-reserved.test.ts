import { rule } from '../../../../review/rules/storm/concurrency-above-reserved';
import { describeRule } from '../../describe-rule';

describeRule(rule);
