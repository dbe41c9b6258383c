import type { Exception } from '../policy/policy';
import { RULES } from '../rules';
import { type Finding, MEANINGS, type Rule, type Severity } from '../rules/rule';
import { fingerprints } from './fingerprint';
import type { Review } from './review';
import { visible, visibleJson, visibleLines } from './visible';

const LEVELS: Record<Severity, string> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};
/** GitHub orders code-scanning alerts by this number. */
const SECURITY_SEVERITY: Record<Severity, string> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.0',
  low: '2.0',
  info: '0.1',
};

/** SARIF 2.1.0, for code scanning and for editors. GitHub asks for each rule's full description and help as well ("SARIF support for code scanning"). */
export function sarif(
  reviews: readonly Review[],
  files: readonly string[],
  docs: string | undefined,
  all: readonly Rule[] = RULES,
): string {
  const fingerprint = fingerprints();
  const results = reviews.flatMap((review, index) => {
    const file = files[index] ?? review.stack;
    const found = [...review.findings.map((finding) => ({ finding, by: undefined })), ...review.suppressed];
    return found.map(({ finding, by }) => result(review, file, finding, fingerprint(review, finding), by));
  });
  const rules = all.map((rule) => ({
    id: rule.id,
    shortDescription: { text: rule.title },
    fullDescription: { text: `${rule.title}. Usual severity: ${rule.severity}, ${MEANINGS[rule.severity]}.` },
    ...helpOf(rule, docs),
    defaultConfiguration: { level: LEVELS[rule.severity] },
    properties: { 'security-severity': SECURITY_SEVERITY[rule.severity], tags: [rule.id.split('/')[0]] },
  }));
  const document = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'spillway review', rules } }, results }],
  };
  return `${visibleJson(JSON.stringify(document, null, 2))}\n`;
}

/** A relative reference: encodeURI leaves what would begin a fragment or a query, and a colon in the first segment would be a scheme's. */
function uriOf(file: string): string {
  const uri = encodeURI(file.replaceAll('\\', '/')).replace(/[#?]/g, encodeURIComponent);
  return /^[A-Za-z]:\//.test(uri) ? `file:///${uri}` : /^[^/]*:/.test(uri) ? `./${uri}` : uri;
}

function helpOf(rule: Rule, docs: string | undefined) {
  const own = rule.from !== undefined;
  const uri = own ? rule.page : docs && `${docs.replace(/\/$/, '')}/${pageOf(rule)}`;
  const text = own
    ? `A rule of one's own, from ${rule.from}.`
    : `docs/rules/${pageOf(rule)} has a plan that fires it and one that does not.`;
  return { help: { text: visible(text) }, ...(uri ? { helpUri: uri } : {}) };
}

const pageOf = ({ id }: Rule) => `${id.replace('/', '-')}.md`;

function result(review: Review, file: string, finding: Finding, fingerprint: string, by: Exception | undefined) {
  const change = [finding.before, finding.after].filter((text) => text !== undefined).join(' → ');
  return {
    ruleId: finding.rule,
    level: LEVELS[finding.severity],
    message: {
      text: visibleLines(
        `${finding.address}: ${finding.title}${change ? ` (${change})` : ''}. ${finding.why} ${finding.action}`,
      ),
    },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(finding.place?.file ?? file) },
          region: { startLine: finding.place?.line ?? 1 },
        },
        logicalLocations: [{ fullyQualifiedName: visible(finding.address), kind: 'resource' }],
      },
    ],
    partialFingerprints: { 'finding/v1': fingerprint },
    properties: { severity: finding.severity, stack: review.stack },
    ...(by ? { suppressions: [{ kind: 'external', justification: `${by.reason} (until ${by.expires})` }] } : {}),
  };
}
