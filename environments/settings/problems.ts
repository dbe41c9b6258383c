import type * as z from 'zod/mini';

type Issue = z.core.$ZodIssue;

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], value);

/** What is wrong with a value that may be written in several ways: with the way it is written in, if that can be told from its keys. */
function written(issue: Issue, settings: unknown): readonly Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const meant = issue.errors.filter((errors) =>
    errors.every(
      (error) => error.code === 'unrecognized_keys' || at(settings, [...issue.path, ...error.path]) !== undefined,
    ),
  );
  const [one, another] = meant;
  if (!one || another) return [issue];
  return one.map((error) => ({ ...error, path: [...issue.path, ...error.path] }) as Issue);
}

/** The protection of the shop that a path leads into: what is unknown there may be known with another. */
function protectionAt(settings: unknown, [key, index]: readonly PropertyKey[]): unknown {
  return key === 'shops' && index !== undefined ? at(settings, [key, index, 'protection']) : undefined;
}

const quoted = (values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).join(', ');

function message(issue: Issue, settings: unknown, input: unknown): string {
  if (issue.code === 'invalid_union' && issue.discriminator)
    return `takes one of ${quoted(('options' in issue ? issue.options : undefined) ?? [])}`;
  if (issue.code === 'unrecognized_keys') {
    const protection = protectionAt(settings, issue.path);
    return `${issue.message}${protection ? ` with protection "${protection}"` : ''}`;
  }
  return input === undefined ? 'is missing' : issue.message;
}

/** Every problem of an environment in words: where, what is allowed there, and what it is. */
export function problemsOf(issues: readonly Issue[], settings: unknown): string[] {
  return issues
    .flatMap((issue) => written(issue, settings))
    .map((issue) => {
      const input = at(settings, issue.path);
      const told = input === undefined || typeof input === 'object' ? '' : ` (it is ${JSON.stringify(input)})`;
      return `${issue.path.join('.') || 'settings'}: ${message(issue, settings, input)}${told}`;
    });
}
