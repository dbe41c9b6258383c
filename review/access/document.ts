import { isRecord, parseJson } from '../plan/values';

/** A list of a statement, and whether it says what is meant or what is not (`NotAction`). */
export interface Clause {
  readonly patterns: readonly string[];
  readonly negated: boolean;
}

export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** One statement of an IAM or resource policy, with its lists made lists. */
export interface Statement {
  readonly effect: string;
  readonly actions: Clause;
  readonly resources: Clause;
  readonly principals: Clause;
  readonly conditions: readonly Condition[];
}

/** What is known of the policies that decide something. Not complete as soon as one of them can't be read. */
export interface Documents {
  readonly statements: readonly Statement[];
  readonly complete: boolean;
}
export const NOTHING_KNOWN: Documents = { statements: [], complete: false };

/** Reads a policy document (text or already parsed); undefined when it isn't one. */
export function statementsOf(document: unknown): Statement[] | undefined {
  const parsed = typeof document === 'string' ? parseJson(document) : document;
  if (!isRecord(parsed)) return undefined;
  const statements = Array.isArray(parsed.Statement) ? parsed.Statement : parsed.Statement ? [parsed.Statement] : [];
  return statements.filter(isRecord).map((statement) => ({
    effect: String(statement.Effect),
    actions: clause(statement.Action, statement.NotAction),
    resources: clause(statement.Resource, statement.NotResource),
    principals: clause(statement.Principal, statement.NotPrincipal, principalsOf),
    conditions: conditionsOf(statement.Condition),
  }));
}

export const documentsOf = (documents: readonly unknown[]): Documents => {
  const read = documents.map(statementsOf);
  return { statements: read.flatMap((statements) => statements ?? []), complete: !read.includes(undefined) };
};

/** IAM's own wildcards: `*` and `?`. Actions are compared without case, ARNs with it. */
export function matches(pattern: string, text: string, ignoreCase = false): boolean {
  if (!/[*?]/.test(pattern)) return ignoreCase ? pattern.toLowerCase() === text.toLowerCase() : pattern === text;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, ignoreCase ? 'is' : 's').test(text);
}

/** Keys of conditions that say who, or from where; the rest (encrypted transport, a date, a second factor) admits anybody. */
const NARROWING =
  /^(aws:(source(arn|account|owner|orgid|orgpaths|vpc|vpce|ip)|principal.*|userid|username|calledvia.*|vpcsourceip)|kms:(calleraccount|viaservice|granteeprincipal)|sns:endpoint|s3:dataaccesspointarn|lambda:functionurlauthtype|elasticfilesystem:accesspointarn|saml:.*|.*:(sub|aud|amr|org|repository))$/i;
const ANY_VALUE = /^\*+$|^0\.0\.0\.0\/0$|^::\/0$|^arn:[^:]*:[^:]*:\*:\*:\*$/;

/** Who may do it from anywhere: everybody (or everybody but some), without a condition that names who or where. */
export function isPublic(statement: Statement): boolean {
  const everybody = statement.principals.negated || statement.principals.patterns.includes('*');
  return statement.effect === 'Allow' && everybody && !isNarrowed(statement);
}

const isNarrowed = ({ conditions }: Statement): boolean =>
  conditions.some(
    ({ operator, key, values }) =>
      NARROWING.test(key) && !/not/i.test(operator) && !values.some((value) => ANY_VALUE.test(value)),
  );

function clause(positive: unknown, negative: unknown, read: (value: unknown) => string[] = strings): Clause {
  return negative === undefined
    ? { patterns: read(positive), negated: false }
    : { patterns: read(negative), negated: true };
}

function conditionsOf(condition: unknown): Condition[] {
  if (!isRecord(condition)) return [];
  return Object.entries(condition).flatMap(([operator, keys]) =>
    isRecord(keys) ? Object.entries(keys).map(([key, values]) => ({ operator, key, values: strings(values) })) : [],
  );
}

function principalsOf(principal: unknown): string[] {
  if (typeof principal === 'string') return [principal];
  return isRecord(principal) ? Object.values(principal).flatMap(strings) : [];
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'boolean' || typeof value === 'number') return [String(value)];
  return Array.isArray(value) ? value.map(String) : [];
}
