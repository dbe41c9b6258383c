/** Values of Terraform's JSON syntax, written as a person would in its own. */
type Json = unknown;

const isObject = (value: Json): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Which attributes are blocks: `aws_sqs_queue/lifecycle`. The JSON doesn't tell them from maps. */
export type Blocks = ReadonlySet<string>;

interface Part {
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

/** An attribute of a resource is a text already; a number would become one only between quotes. */
const IS_TEXT = /^(?:data\.)?aws_[\w.-]+\.(?:arn|url|name|id|account_id)$/;

const quoted = (parts: readonly Part[]): string =>
  parts.length === 1 && parts[0]?.expression && IS_TEXT.test(parts[0].text)
    ? parts[0].text
    : `"${parts.map(({ expression, text }) => (expression ? `\${${text}}` : JSON.stringify(text).slice(1, -1))).join('')}"`;

/** A JSON document with expressions in it, as a value; nothing where it is none. */
function documentIn(
  parts: readonly Part[],
): { readonly value: Json; readonly expressions: readonly string[] } | undefined {
  if (!/^\s*[[{]/.test(parts[0]?.expression === false ? parts[0].text : '')) return undefined;
  const expressions: string[] = [];
  // Marked by characters for private use, which no document has. An expression stands inside a text or in the place of a value; either is told by what goes before it.
  const text = parts
    .map((part) => {
      if (!part.expression) return part.text;
      expressions.push(part.text);
      return `\uE000${expressions.length - 1}\uE001`;
    })
    .join('');
  const whole = text.replace(/([:[,]\s*)\uE000(\d+)\uE001(?=\s*[,\]}])/g, '$1"\uE002$2\uE001"');
  try {
    return {
      value: JSON.parse(whole),
      expressions,
    };
  } catch {
    return undefined;
  }
}

function template(text: string, indent: string): string {
  const parts = partsOf(text);
  const [only] = parts;
  if (parts.length === 1 && only?.expression) return only.text;
  const document = documentIn(parts);
  if (!document || !(isObject(document.value) || Array.isArray(document.value))) return quoted(parts);
  const written = (each: string): string => {
    const bare = /^\uE002(\d+)\uE001$/.exec(each);
    if (bare) return document.expressions[Number(bare[1])] as string;
    const split = each.split(/\uE000(\d+)\uE001/);
    return quoted(
      split
        .map((piece, index) =>
          index % 2
            ? { expression: true, text: document.expressions[Number(piece)] as string }
            : { expression: false, text: piece },
        )
        .filter(({ text: piece }) => piece !== ''),
    );
  };
  return `jsonencode(${value(document.value, indent, written)})`;
}

const key = (name: string) => (/^[A-Za-z_][\w-]*$/.test(name) ? name : JSON.stringify(name));

function value(of: Json, indent: string, text: (each: string, indent: string) => string = template): string {
  if (typeof of === 'string') return text(of, indent);
  if (Array.isArray(of)) {
    if (of.length === 0) return '[]';
    const inner = `${indent}  `;
    const items = of.map((each) => value(each, inner, text));
    const line = `[${items.join(', ')}]`;
    if (!items.some((item) => item.includes('\n')) && line.length <= 90) return line;
    return `[\n${items.map((item) => `${inner}${item},`).join('\n')}\n${indent}]`;
  }
  if (isObject(of)) {
    const entries = Object.entries(of);
    if (entries.length === 0) return '{}';
    const inner = `${indent}  `;
    return `{\n${assignments(
      entries.map(([name, each]) => [key(name), value(each, inner, text)]),
      inner,
    )}\n${indent}}`;
  }
  return JSON.stringify(of ?? null);
}

/** `name = value`, the equals signs of neighbours in one line each below each other, as `terraform fmt` has them. */
function assignments(entries: readonly (readonly [string, string])[], indent: string): string {
  const lines: string[] = [];
  for (let from = 0; from < entries.length; ) {
    let to = from;
    while (to < entries.length && !(entries[to] as readonly [string, string])[1].includes('\n')) to += 1;
    // One of several lines is aligned with those before it.
    const run = entries.slice(from, Math.max(to, from + 1));
    const width = Math.max(...run.map(([name]) => name.length));
    for (const [name, written] of run) lines.push(`${indent}${name.padEnd(width)} = ${written}`);
    from += run.length;
  }
  return lines.join('\n');
}

/** What names something instead of saying a value: Terraform reads it unquoted. */
const NAMES = /\/(?:depends_on|ignore_changes|type)$/;

const bare = (of: Json): string => (Array.isArray(of) ? `[${of.join(', ')}]` : String(of));

function body(of: Record<string, Json>, path: string, blocks: Blocks, indent: string): string {
  const names = (name: string, of: string) => NAMES.test(`/${name}`) && (name !== 'type' || of === 'variable');
  const isBlock = (name: string) => blocks.has(`${path}/${name}`);
  const { dynamic = {}, ...fixed } = of;
  const entries = Object.entries(fixed).filter(([, each]) => each !== undefined);
  const attributes = entries.filter(([name]) => !isBlock(name));
  const nested = entries
    .filter(([name]) => isBlock(name))
    .flatMap(([name, each]) => [each].flat().map((one) => [name, one as Record<string, Json>] as const));
  return [
    ...(attributes.length > 0
      ? [
          assignments(
            attributes.map(([name, each]) => [key(name), names(name, path) ? bare(each) : value(each, indent)]),
            indent,
          ),
        ]
      : []),
    ...Object.entries(dynamic as Record<string, Record<string, Json>>).map(
      ([name, { for_each, content }]) =>
        `${indent}dynamic "${name}" {\n${indent}  for_each = ${value(for_each, indent)}\n\n${indent}  content {\n${body(content as Record<string, Json>, `${path}/${name}`, blocks, `${indent}    `)}\n${indent}  }\n${indent}}`,
    ),
    ...nested.map(
      ([name, one]) => `${indent}${name} {\n${body(one, `${path}/${name}`, blocks, `${indent}  `)}\n${indent}}`,
    ),
  ].join('\n\n');
}

/** A block with its labels: `resource "aws_sqs_queue" "main" { … }`. */
export function block(
  kind: string,
  labels: readonly string[],
  of: Record<string, Json>,
  blocks: Blocks = new Set(),
): string {
  const head = [kind, ...labels.map((label) => JSON.stringify(label))].join(' ');
  const path = labels.length > 1 ? (labels[0] as string) : kind;
  return `${head} {\n${body(of, path, blocks, '  ')}\n}\n`;
}

/** An expression where a value stands. */
export const expression = (text: string): string => `\${${text}}`;
