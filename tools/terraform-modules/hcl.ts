import { Choice, Document, documentIn, Expression, isObject, type Json, type Part, partsOf } from './template';

/** Which attributes are blocks: `aws_sqs_queue/lifecycle`. The JSON doesn't tell them from maps. */
export type Blocks = ReadonlySet<string>;

/** An attribute of a resource is a text already; a number would become one only between quotes. */
const IS_TEXT = /^(?:(?:data\.)?aws_[\w.-]+\.(?:arn|url|name|id|account_id)|var\.(?:\w+_)?(?:arn|url|name))$/;

const quoted = (parts: readonly Part[]): string =>
  parts.length === 1 && parts[0]?.expression && IS_TEXT.test(parts[0].text)
    ? parts[0].text
    : `"${parts.map(({ expression, text }) => (expression ? `\${${text}}` : JSON.stringify(text).slice(1, -1))).join('')}"`;

/** A text, which may be an expression or a document. */
function text(of: string, indent: string): string {
  const [only, ...more] = partsOf(of);
  if (only?.expression && more.length === 0) return only.text;
  const document = documentIn(of);
  return document ? value(document, indent) : textWithin(of);
}

/** A text inside a document, which is never one itself. */
const textWithin = (of: string): string => quoted(partsOf(of));

const key = (name: string) => (/^[A-Za-z_][\w-]*$/.test(name) ? name : JSON.stringify(name));

type Writer = (each: string, indent: string) => string;

/** What stands on the side of a choice that is not a choice itself. */
const nested = (of: Json, indent: string, write: Writer): string =>
  of instanceof Choice ? `(${value(of, indent, write)})` : value(of, indent, write);

function choice({ condition, then, otherwise }: Choice, indent: string, write: Writer): string {
  return `${condition} ? ${nested(then, indent, write)} : ${nested(otherwise, indent, write)}`;
}

const mayBeLeftOut = (of: Json): boolean => of instanceof Choice && (of.then === null || of.otherwise === null);

function list(of: readonly Json[], indent: string, write: Writer): string {
  if (of.length === 0) return '[]';
  const inner = `${indent}  `;
  if (of.some(mayBeLeftOut)) {
    const items = of.map((each) => `${inner}  ${value(each, `${inner}  `, write)},\n`).join('');
    return `[\n${inner}for each in [\n${items}${inner}] : each if each != null\n${indent}]`;
  }
  const items = of.map((each) => value(each, inner, write));
  const line = `[${items.join(', ')}]`;
  if (!items.some((item) => item.includes('\n')) && line.length <= 90) return line;
  return `[\n${items.map((item) => `${inner}${item},`).join('\n')}\n${indent}]`;
}

function value(of: Json, indent: string, write: Writer = text): string {
  if (typeof of === 'string') return write(of, indent);
  if (of instanceof Expression) return of.text;
  if (of instanceof Document) return `jsonencode(${value(of.value, indent, textWithin)})`;
  if (of instanceof Choice) return choice(of, indent, write);
  if (Array.isArray(of)) return list(of, indent, write);
  if (isObject(of)) {
    const entries = Object.entries(of);
    if (entries.length === 0) return '{}';
    const inner = `${indent}  `;
    return `{\n${assignments(
      entries.map(([name, each]) => [key(name), value(each, inner, write)]),
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
  const inside = body(of, path, blocks, '  ');
  return inside ? `${head} {\n${inside}\n}\n` : `${head} {}\n`;
}
