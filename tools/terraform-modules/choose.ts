import { isDeepStrictEqual } from 'node:util';
import { Choice, Document, documentIn, isObject, type Json } from './template';

/** What of a configuration is a block: one that only one side has becomes a dynamic one. */
type IsBlock = (path: string) => boolean;

/**
 * One configuration out of two that differ by an option: where they differ, a choice that Terraform makes when it plans. A resource that only one of them has gets a `count`, a block
 * becomes a dynamic one, and documents differ in their parts.
 *
 * @param condition in HCL: `var.fifo`
 * @param path of what is compared: `resource`, `data` or `output` for all of a kind
 * @throws where no expression can choose: blocks that both sides have, in different number
 */
export function choose(
  condition: string,
  then: Json,
  otherwise: Json,
  path = '',
  isBlock: IsBlock = () => false,
): Json {
  if (isDeepStrictEqual(then, otherwise)) return then;
  const inner = (key: string, one: Json, other: Json) => choose(condition, one, other, `${path}/${key}`, isBlock);
  if (isObject(then) && isObject(otherwise)) {
    const keys = [...new Set([...Object.keys(otherwise), ...Object.keys(then)])];
    if (isKind(path))
      return Object.fromEntries(keys.map((type) => [type, inner(type, then[type] ?? {}, otherwise[type] ?? {})]));
    if (isType(path))
      return Object.fromEntries(
        keys.map((name) => {
          const different = counted(condition, then[name], otherwise[name]);
          if (!different) return [name, inner(name, then[name], otherwise[name])];
          const { count, one, other } = different;
          return [name, { count, ...(inner(name, one, other) as Record<string, Json>) }];
        }),
      );
    const dynamic = keys.filter(
      (key) => isBlock(`${path}/${key}`) && (then[key] === undefined) !== (otherwise[key] === undefined),
    );
    const chosen = keys
      .filter((key) => !dynamic.includes(key))
      .map((key) => [key, inner(key, then[key], otherwise[key])]);
    const blocks = dynamic.map((key) => {
      const [whether, content] =
        then[key] === undefined
          ? [new Choice(condition, [], [1]), otherwise[key]]
          : [new Choice(condition, [1], []), then[key]];
      return [key, { for_each: whether, content }];
    });
    return Object.fromEntries([...chosen, ...(blocks.length > 0 ? [['dynamic', Object.fromEntries(blocks)]] : [])]);
  }
  if (path.endsWith('/depends_on')) return [...new Set([...list(then), ...list(otherwise)])];
  const [one, other] = [documentOf(then), documentOf(otherwise)];
  if (one && other && isObject(one.value) && isObject(other.value))
    return new Document(choose(condition, one.value, other.value, path));
  if (Array.isArray(then) && Array.isArray(otherwise)) {
    if (isBlock(path)) throw new Error(`${path} can't depend on ${condition}: only attributes can`);
    return merged(condition, then, otherwise);
  }
  return simplest(condition, then, otherwise);
}

const isKind = (path: string): boolean => /^(?:resource|data)$/.test(path);
const isType = (path: string): boolean => /^(?:resource|data)\/\w+$/.test(path);

/** How many there are of a resource that one side has fewer of, and what it is on either; nothing where both have as many. */
function counted(condition: string, then: Json, otherwise: Json) {
  const howMany = (of: Json) => (of === undefined ? 0 : ((of as Record<string, Json>).count ?? 1));
  const count = new Choice(condition, howMany(then), howMany(otherwise));
  if (isDeepStrictEqual(count.then, count.otherwise)) return undefined;
  return { count, one: withoutCount(then ?? otherwise), other: withoutCount(otherwise ?? then) };
}

const withoutCount = (of: Json): Json => {
  const { count: _, ...rest } = of as Record<string, Json>;
  return rest;
};

const list = (of: Json): Json[] => (of === undefined ? [] : (of as Json[]));

const documentOf = (of: Json): Document | undefined =>
  of instanceof Document ? of : typeof of === 'string' ? documentIn(of) : undefined;

/** A choice, unless the condition says itself what is chosen: `var.key != null ? var.key : null` is `var.key`. */
function simplest(condition: string, then: Json, otherwise: Json): Json {
  const [, variable] = /^(var\.\w+) != null$/.exec(condition) ?? [];
  if (variable && then === `\${${variable}}` && (otherwise === undefined || otherwise === null)) return then;
  return new Choice(condition, then ?? null, otherwise ?? null);
}

/** Both lists in one, in their order: what only one of them has is chosen. */
function merged(condition: string, then: readonly Json[], otherwise: readonly Json[]): Json[] {
  const [first, ...rest] = then;
  const [other, ...others] = otherwise;
  if (then.length === 0) return otherwise.map((each) => new Choice(condition, null, each));
  if (otherwise.length === 0) return then.map((each) => new Choice(condition, each, null));
  if (isDeepStrictEqual(first, other)) return [first, ...merged(condition, rest, others)];
  const later = otherwise.findIndex((each) => isDeepStrictEqual(each, first));
  if (later === -1) return [new Choice(condition, first, null), ...merged(condition, rest, otherwise)];
  return [
    ...otherwise.slice(0, later).map((each) => new Choice(condition, null, each)),
    ...merged(condition, then, otherwise.slice(later)),
  ];
}
