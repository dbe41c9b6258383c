import { rule } from '../../../../review/rules/plan/drift';
import { describeRule } from '../../describe-rule';

describeRule(rule);
