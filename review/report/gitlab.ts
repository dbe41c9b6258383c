import type { Severity } from '../rules/rule';
import { fingerprints } from './fingerprint';
import type { Review } from './review';
import { visibleJson } from './visible';

const SEVERITY: Record<Severity, string> = {
  critical: 'blocker',
  high: 'critical',
  medium: 'major',
  low: 'minor',
  info: 'info',
};

/**
 * GitLab's code quality report: a merge request shows what its branch adds to, and takes away from, that of its target
 * (docs.gitlab.com, "Code Quality": description, check_name, fingerprint, severity and location.path with lines.begin).
 */
export function gitlab(reviews: readonly Review[], files: readonly string[]): string {
  const fingerprint = fingerprints();
  const issues = reviews.flatMap((review, index) =>
    review.findings.map((finding) => {
      const change = [finding.before, finding.after].filter((text) => text !== undefined).join(' → ');
      const place = finding.place ?? { file: files[index] ?? review.stack, line: 1 };
      return {
        description: `${finding.address}: ${finding.title}${change ? ` (${change})` : ''}. ${finding.action}`,
        check_name: finding.rule,
        fingerprint: fingerprint(review, finding),
        severity: SEVERITY[finding.severity],
        location: { path: place.file.replaceAll('\\', '/').replace(/^\.\//, ''), lines: { begin: place.line } },
      };
    }),
  );
  return `${visibleJson(JSON.stringify(issues, null, 2))}\n`;
}
