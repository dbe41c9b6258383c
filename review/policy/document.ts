import { isRecord, parseJson } from '../plan/values';

/** One statement of an IAM or resource policy, with its lists made lists. */
export interface Statement {
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly principals: readonly string[];
  readonly conditional: boolean;
  readonly negated: boolean;
}

/** Reads a policy document (text or already parsed); undefined when it isn't one. */
export function statementsOf(document: unknown): Statement[] | undefined {
  const parsed = typeof document === 'string' ? parseJson(document) : document;
  if (!isRecord(parsed)) return undefined;
  const statements = Array.isArray(parsed.Statement) ? parsed.Statement : parsed.Statement ? [parsed.Statement] : [];
  return statements.filter(isRecord).map((statement) => ({
    effect: String(statement.Effect),
    actions: strings(statement.Action),
    resources: strings(statement.Resource),
    principals: principalsOf(statement.Principal),
    conditional: isRecord(statement.Condition) && Object.keys(statement.Condition).length > 0,
    negated: 'NotAction' in statement || 'NotPrincipal' in statement || 'NotResource' in statement,
  }));
}

/** IAM's own wildcards: `*` and `?`. Actions are compared without case, ARNs with it. */
export function matches(pattern: string, text: string, ignoreCase = false): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, ignoreCase ? 'i' : '').test(text);
}

export function allows(statements: readonly Statement[], action: string, resource: string | undefined): boolean {
  return statements.some(
    (statement) =>
      statement.effect === 'Allow' &&
      !statement.negated &&
      statement.actions.some((pattern) => matches(pattern, action, true)) &&
      (resource === undefined ||
        statement.resources.some((pattern) => pattern.includes('${') || matches(pattern, resource))),
  );
}

/** Who may do it from anywhere: a principal of `*` that no condition narrows. */
export const isPublic = (statement: Statement): boolean =>
  statement.effect === 'Allow' && !statement.conditional && statement.principals.includes('*');

function principalsOf(principal: unknown): string[] {
  if (typeof principal === 'string') return [principal];
  return isRecord(principal) ? Object.values(principal).flatMap(strings) : [];
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.map(String) : [];
}
