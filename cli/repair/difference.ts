/** How two bodies differ, a line for each value: what a person looks at before one takes the other's place. */
export function difference(before: string, after: string): string[] {
  const [old, young] = [parse(before), parse(after)];
  if (!isObject(old) || !isObject(young)) return before === after ? [] : [`- ${before}`, `+ ${after}`];
  const [had, has] = [leaves(old), leaves(young)];
  return [...new Set([...had.keys(), ...has.keys()])]
    .filter((path) => had.get(path) !== has.get(path))
    .map((path) => `${path}: ${had.get(path) ?? 'missing'} → ${has.get(path) ?? 'removed'}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Path → value as JSON, without recursion: a body that is nested deeply must not overflow the stack. */
function leaves(root: object): Map<string, string> {
  const found = new Map<string, string>();
  const open: [string, unknown][] = [['', root]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [path, value] = next;
    const inner = isObject(value) ? Object.entries(value) : [];
    if (inner.length === 0) found.set(path, JSON.stringify(value));
    else open.push(...inner.reverse().map(([key, each]): [string, unknown] => [path ? `${path}.${key}` : key, each]));
  }
  return found;
}
