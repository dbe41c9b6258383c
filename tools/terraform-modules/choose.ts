import { isDeepStrictEqual } from 'node:util';

type Json = unknown;

const isObject = (value: Json): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What was synthesized of a text, as an expression: `${…}` stays what it is, the rest is quoted. */
function expression(value: Json): string {
  if (value === undefined) return 'null';
  if (typeof value !== 'string') return JSON.stringify(value);
  const parts = value.split(/(\$\{[^{}]*\})/).filter(Boolean);
  if (parts.length === 1 && value.startsWith('${')) return value.slice(2, -1);
  const quoted = parts.map((part) => (part.startsWith('${') ? part : JSON.stringify(part).slice(1, -1)));
  return `"${quoted.join('')}"`;
}

/**
 * One configuration out of two that differ by an option: where they differ, an expression that chooses when Terraform plans.
 *
 * @param isBlock whether what stands at a path is a block: one that only one of them has becomes a dynamic one
 * @throws where no expression can: a resource that only one of them has
 */
export function choose(
  condition: string,
  then: Json,
  otherwise: Json,
  path = '',
  isBlock: (path: string) => boolean = () => false,
): Json {
  if (isDeepStrictEqual(then, otherwise)) return then;
  if (isObject(then) && isObject(otherwise)) {
    const keys = [...new Set([...Object.keys(then), ...Object.keys(otherwise)])];
    const optional = keys.filter(
      (key) => isBlock(`${path}/${key}`) && (then[key] === undefined) !== (otherwise[key] === undefined),
    );
    const chosen = keys
      .filter((key) => !optional.includes(key))
      .map((key) => [key, choose(condition, then[key], otherwise[key], `${path}/${key}`, isBlock)]);
    const dynamic = optional.map((key) => [
      key,
      {
        for_each: then[key] === undefined ? `\${${condition} ? [] : [1]}` : `\${${condition} ? [1] : []}`,
        content: then[key] ?? otherwise[key],
      },
    ]);
    return Object.fromEntries([...chosen, ...(dynamic.length > 0 ? [['dynamic', Object.fromEntries(dynamic)]] : [])]);
  }
  for (const value of [then, otherwise]) {
    if (typeof value === 'object') throw new Error(`${path} can't depend on ${condition}: only attributes can`);
  }
  return `\${${condition} ? ${expression(then)} : ${expression(otherwise)}}`;
}
