import { type Clause, type Condition, type Documents, matches, type Statement } from './document';
import { all, any, not, type Verdict } from './verdict';

/** Something that policies name by its ARN, which may not be known yet: then by the last part of it, if that is. */
export interface Named {
  readonly arn?: string | undefined;
  readonly name?: string | undefined;
  /** Made by this plan under an ARN that nobody can have written down before (a KMS key). */
  readonly fresh?: boolean;
}

/** Who asks: an AWS service in its own name, a role, or the account, which stands for all its roles. */
export type Caller = { readonly service: string } | { readonly role: Named } | { readonly account: string | undefined };

/** What is known of a request. `null`: the request does not carry the key. A key that is not here is not known. */
export type Facts = Readonly<Record<string, string | Named | null>>;

export interface Request {
  readonly action: string;
  /** Left out where the policy belongs to the thing itself and names nothing else. */
  readonly on?: Named;
  /** Left out for a policy of the caller's own. */
  readonly by?: Caller;
  readonly facts?: Facts;
}

/** IAM's evaluation: one Deny that applies refuses, else one Allow that applies admits (IAM user guide, "Policy evaluation logic"). */
export function decide(documents: Documents, request: Request): Verdict {
  const permitted = any([applying(documents, 'Allow', request), documents.complete ? false : undefined]);
  return all([permitted, not(refuses(documents, request))]);
}

export const refuses = (documents: Documents, request: Request): Verdict => applying(documents, 'Deny', request);

const applying = ({ statements }: Documents, effect: string, request: Request): Verdict =>
  any(statements.filter((statement) => statement.effect === effect).map((statement) => applies(statement, request)));

function applies(statement: Statement, { action, on, by, facts = {} }: Request): Verdict {
  return all([
    oneOf(statement.actions, (pattern) => open(pattern) ?? matches(pattern, action, true)),
    // A trust policy has no resource: it speaks of the role that it stands on.
    statement.resources.patterns.length === 0 || on === undefined
      ? true
      : oneOf(statement.resources, (pattern) => names(pattern, on)),
    by === undefined ? true : oneOf(statement.principals, (pattern) => admits(pattern, by, statement.effect)),
    ...statement.conditions.map((condition) => holds(condition, facts)),
  ]);
}

/** A reference that stands in the configuration as a template, or a policy variable: it may become anything. */
const open = (pattern: string): undefined | null => (pattern.includes('${') ? undefined : null);

function oneOf({ patterns, negated }: Clause, matching: (pattern: string) => Verdict | null): Verdict {
  const verdict = any(patterns.map((pattern) => matching(pattern) ?? undefined));
  return negated ? not(verdict) : verdict;
}

export function names(pattern: string, named: Named): Verdict {
  if (pattern.includes('${')) return undefined;
  if (pattern === '*') return true;
  if (named.arn !== undefined) return matches(pattern, named.arn);
  if (/[*?]/.test(pattern)) return undefined;
  if (named.fresh) return false;
  if (named.name === undefined) return undefined;
  return pattern === named.name || pattern.endsWith(`:${named.name}`) || pattern.endsWith(`/${named.name}`)
    ? undefined
    : false;
}

function admits(pattern: string, by: Caller, effect: string): Verdict {
  if (pattern === '*') return true;
  if (pattern.includes('${')) return undefined;
  if ('service' in by) {
    const [service] = by.service.split('.');
    return pattern === by.service || (pattern.startsWith(`${service}.`) && pattern.endsWith('.amazonaws.com'));
  }
  const account = /^(?:arn:[^:]*:iam::)?(\d{12})(?::root)?$/.exec(pattern)?.[1];
  if ('account' in by) return account !== undefined && (by.account === undefined || account === by.account);
  // The account as a principal hands the decision to the policies of its roles; only a Deny to it hits them all.
  return account === undefined ? names(pattern, by.role) : effect === 'Deny';
}

/** Condition operators whose meaning needs nothing but text (IAM user guide, "Condition operators"). */
const OPERATORS: Readonly<Record<string, (pattern: string, text: string) => boolean>> = {
  stringequals: (pattern, text) => pattern === text,
  stringequalsignorecase: (pattern, text) => pattern.toLowerCase() === text.toLowerCase(),
  stringlike: (pattern, text) => matches(pattern, text),
  arnequals: (pattern, text) => matches(pattern, text),
  arnlike: (pattern, text) => matches(pattern, text),
  bool: (pattern, text) => pattern.toLowerCase() === text.toLowerCase(),
};

function holds({ operator, key, values }: Condition, facts: Facts): Verdict {
  const [, quantifier, base = '', ifExists] = /^(?:(\w+):)?(\w+?)(IfExists)?$/i.exec(operator) ?? [];
  const name = Object.keys(facts).find((fact) => fact.toLowerCase() === key.toLowerCase());
  if (name === undefined) return undefined;
  const fact = facts[name] ?? null;
  const wanted = base.toLowerCase();
  if (wanted === 'null') return values.some((value) => (value.toLowerCase() === 'true') === (fact === null));
  const negated = /not(equals|like)/.test(wanted);
  if (fact === null) return negated || ifExists !== undefined || quantifier?.toLowerCase() === 'forallvalues';
  const compare = OPERATORS[wanted.replace('not', '')];
  if (!compare) return undefined;
  const verdict = any(values.map((value) => comparison(value, fact, compare)));
  return negated ? not(verdict) : verdict;
}

function comparison(value: string, fact: string | Named, compare: (pattern: string, text: string) => boolean): Verdict {
  if (typeof fact === 'string') return value.includes('${') ? undefined : compare(value, fact);
  return names(value, fact);
}
