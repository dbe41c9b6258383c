/** What a `${…}` refers to. Plain references only: the project's modules use no Terraform functions. */
export type Reference =
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'local'; readonly name: string }
  | { readonly kind: 'resource'; readonly address: string; readonly attribute: string }
  /** An output of another stack, the way that cdktf writes references across stacks. */
  | { readonly kind: 'output'; readonly stack: string; readonly name: string };

/** `$${` and `%%{` are Terraform's way of writing `${` and `%{` themselves. */
const EXPRESSION = /(\$\$\{|%%\{)|\$\{([^{}]*)\}/g;
const REMOTE_STATE = /^data\.terraform_remote_state\.cross-stack-reference-input-([\w-]+)\.outputs\.([\w-]+)$/;
const RESOURCE = /^([a-z]\w*\.[\w-]+)\.(\w+(?:\[\d+\]|\.\w+)*)$/;

export function parseReference(expression: string): Reference {
  const text = expression.trim();
  const [, stack, output] = REMOTE_STATE.exec(text) ?? [];
  if (stack && output) return { kind: 'output', stack, name: output };
  const [, scope, name] = /^(var|local)\.([\w-]+)$/.exec(text) ?? [];
  if (scope && name) return { kind: scope === 'var' ? 'variable' : 'local', name };
  const [, address, attribute] = RESOURCE.exec(text) ?? [];
  if (address && attribute && !address.startsWith('data.')) return { kind: 'resource', address, attribute };
  throw new Error(`the expression \${${text}} is more than a plain reference, which is all that can be deployed here`);
}

/** What an attribute says, or a part of it: `arn`, `instances[0].endpoints[0]`. */
export function attributeOf(attributes: Readonly<Record<string, unknown>>, path: string): unknown {
  return path
    .split(/[.[\]]+/)
    .filter(Boolean)
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], attributes);
}

/** Every reference in a value, however deep. */
export function references(value: unknown): Reference[] {
  if (typeof value === 'string') {
    return [...value.matchAll(EXPRESSION)].flatMap(([, , text]) => (text === undefined ? [] : [parseReference(text)]));
  }
  if (Array.isArray(value)) return value.flatMap(references);
  if (value !== null && typeof value === 'object') return Object.values(value).flatMap(references);
  return [];
}

/** The value with every reference replaced. A string that is one reference and nothing else becomes what it refers to, whatever its type. */
export function resolve(value: unknown, lookUp: (reference: Reference) => unknown): unknown {
  if (typeof value === 'string') {
    const [whole, , only] = new RegExp(`^(?:${EXPRESSION.source})$`).exec(value) ?? [];
    if (whole && only !== undefined) return lookUp(parseReference(only));
    return value.replace(EXPRESSION, (_, escaped: string | undefined, text: string) =>
      escaped ? escaped.slice(1) : String(lookUp(parseReference(text))),
    );
  }
  if (Array.isArray(value)) return value.map((item) => resolve(item, lookUp));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, lookUp)]));
  }
  return value;
}
