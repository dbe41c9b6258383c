import type { Rule } from '../rule';
import { visibilityFindings } from '../visibility';

export const rule: Rule = {
  id: 'storm/visibility',
  severity: 'high',
  title: 'The visibility timeout is too short for the consumer',
  check: (context) => visibilityFindings(context, false),
};
