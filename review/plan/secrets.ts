import { isRecord, parseJson } from './values';

/** Shorter strings are masked where the plan marks them, but not hunted for in other text: "prod" would be everywhere. */
const SHORTEST = 6;

const SECRET_NAME = /pass|secret|token|key|credential|private/i;

/**
 * The plan's sensitive strings. Values marked sensitive are dropped on reading; this is the second net, for a secret that
 * the plan repeats where nothing marks it (inside a policy document, or as a constant of the configuration).
 */
export class Secrets {
  readonly all = new Set<string>();
  private readonly variables = new Map<string, unknown>();

  add(value: unknown): void {
    if (typeof value === 'string') {
      if (value.length >= SHORTEST) this.all.add(value);
      this.document(value);
    } else if (Array.isArray(value)) for (const item of value) this.add(item);
    else if (isRecord(value)) for (const item of Object.values(value)) this.add(item);
  }

  /** A secret is often a document: its password is one by itself, its user name may be that of a queue. */
  private document(text: string): void {
    const document = text.startsWith('{') ? parseJson(text) : undefined;
    if (!isRecord(document)) return;
    for (const [name, value] of Object.entries(document)) if (SECRET_NAME.test(name)) this.add(value);
  }

  change(change: Record<string, unknown>): void {
    this.marked(change.before, change.before_sensitive);
    this.marked(change.after, change.after_sensitive);
  }

  output(change: unknown): void {
    if (isRecord(change)) this.change(change);
  }

  variable(name: string, variable: unknown): void {
    this.variables.set(name, isRecord(variable) ? variable.value : undefined);
  }

  sensitiveVariable(name: string): void {
    this.add(this.variables.get(name));
  }

  private marked(value: unknown, mark: unknown): void {
    if (mark === true) this.add(value);
    else if (Array.isArray(mark) && Array.isArray(value))
      for (const [index, item] of mark.entries()) this.marked(value[index], item);
    else if (isRecord(mark) && isRecord(value)) {
      for (const [name, item] of Object.entries(mark)) this.marked(value[name], item);
    }
  }
}
