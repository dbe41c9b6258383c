import * as z from 'zod/mini';

/** What is asked for, if it is a request at all. */
function operationOf(event: unknown): string | undefined {
  const operation = (event as { operation?: unknown } | null | undefined)?.operation;
  return typeof operation === 'string' ? operation : undefined;
}

/**
 * Reads what a function is asked. Each request names its operation, so that one which was sent to the wrong function does nothing there: `{}` would mean something to many.
 *
 * @param name of the function, for people
 * @param allowed what it takes, as a person would write it
 * @throws when the request is for something else, or wrong
 */
export function readRequest<Schema extends z.ZodMiniType>(
  schema: Schema,
  event: unknown,
  name: string,
  allowed: string,
): z.infer<Schema> {
  const parsed = z.safeParse(schema, event);
  if (parsed.success) return parsed.data;
  const operation = operationOf(event);
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'request'}: ${message}`);
  const asked = operation === undefined ? 'the request names no operation' : `the request is for "${operation}"`;
  throw new Error(`${name}: ${asked} (${issues.join('; ')}). Allowed: ${allowed}`);
}

/** For a function that AWS invokes with events: a person's request is for another one. @throws */
export function refuseRequest(event: unknown, name: string): void {
  const operation = operationOf(event);
  if (operation) throw new Error(`${name}: the request is for "${operation}"; nobody asks this function by hand`);
}
