/** Values of Terraform's JSON syntax, and what they mean: expressions, documents in a text, choices of the caller. */
export type Json = unknown;

export const isObject = (value: Json): value is Record<string, Json> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  ![Expression, Document, Choice].some((kind) => value instanceof kind);

/** What Terraform fills in where a value stands: `var.count`. */
export class Expression {
  constructor(readonly text: string) {}
}

/** A text that is a JSON document: `jsonencode(…)`. */
export class Document {
  constructor(readonly value: Json) {}
}

/** One of two, when Terraform plans. In a list, `null` on either side is no element at all. */
export class Choice {
  constructor(
    /** In HCL: `var.fifo`. */
    readonly condition: string,
    readonly then: Json,
    readonly otherwise: Json,
  ) {}
}

export interface Part {
  /** An expression, or text that stands for itself. */
  readonly expression: boolean;
  readonly text: string;
}

/** A template in its parts; an expression may hold texts and braces of its own. */
export function partsOf(template: string): readonly Part[] {
  const parts: Part[] = [];
  let text = '';
  for (let at = 0; at < template.length; ) {
    if (!template.startsWith('${', at) || template[at - 1] === '$') {
      text += template[at];
      at += 1;
      continue;
    }
    const end = endOf(template, at + 2);
    if (text) parts.push({ expression: false, text });
    text = '';
    parts.push({ expression: true, text: template.slice(at + 2, end) });
    at = end + 1;
  }
  if (text) parts.push({ expression: false, text });
  return parts;
}

/** Where the expression that begins here ends: at its own closing brace. */
function endOf(template: string, from: number): number {
  let depth = 0;
  for (let at = from; at < template.length; at += 1) {
    const each = template[at];
    if (each === '"') at = endOfText(template, at + 1);
    else if (each === '{') depth += 1;
    else if (each === '}') {
      if (depth === 0) return at;
      depth -= 1;
    }
  }
  throw new Error(`an expression doesn't end: ${template}`);
}

function endOfText(template: string, from: number): number {
  for (let at = from; at < template.length; at += 1) {
    if (template[at] === '\\') at += 1;
    else if (template.startsWith('${', at)) at = endOf(template, at + 2);
    else if (template[at] === '"') return at;
  }
  throw new Error(`a text doesn't end: ${template}`);
}

/** A JSON document with expressions in it, as a value; nothing where the text is none. */
export function documentIn(template: string): Document | undefined {
  const parts = partsOf(template);
  if (!/^\s*[[{]/.test(parts[0]?.expression === false ? parts[0].text : '')) return undefined;
  const expressions: string[] = [];
  // Marked by characters for private use, which no document has. An expression stands inside a text or in the place of a value; either is told by what goes before it.
  const marked = parts
    .map((part) => {
      if (!part.expression) return part.text;
      expressions.push(part.text);
      return `\uE000${expressions.length - 1}\uE001`;
    })
    .join('');
  const whole = marked.replace(/([:[,]\s*)\uE000(\d+)\uE001(?=\s*[,\]}])/g, '$1"\uE002$2\uE001"');
  const filled = (_: string, value: Json): Json => {
    if (typeof value !== 'string') return value;
    const bare = /^\uE002(\d+)\uE001$/.exec(value);
    if (bare) return new Expression(expressions[Number(bare[1])] as string);
    return value.replace(/\uE000(\d+)\uE001/g, (_mark, index) => `\${${expressions[Number(index)]}}`);
  };
  try {
    const value: Json = JSON.parse(whole, filled);
    return isObject(value) || Array.isArray(value) ? new Document(value) : undefined;
  } catch {
    return undefined;
  }
}
