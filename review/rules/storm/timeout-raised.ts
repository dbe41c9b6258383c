import type { Rule } from '../rule';
import { visibilityFindings } from '../visibility';

export const rule: Rule = {
  id: 'storm/timeout-raised',
  severity: 'high',
  title: 'The consumer may take longer, the visibility timeout was not raised with it',
  check: (context) => visibilityFindings(context, true),
};
