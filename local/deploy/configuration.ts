type Values = Readonly<Record<string, unknown>>;

const pascalCase = (name: string) => name.replace(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
const camelCase = (name: string) => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/**
 * A resource's configuration, which remembers what was read of it: an attribute that nobody asked for was not deployed, and that must not pass
 * in silence.
 */
export class Configuration {
  private readonly read = new Set<string>();
  private readonly nested: Configuration[] = [];

  constructor(
    private readonly values: Values,
    private readonly path = '',
  ) {}

  /** An attribute's value; `undefined` where it isn't set (or is null, which is the same to Terraform). */
  get<T = string>(name: string): T | undefined {
    this.read.add(name);
    return (this.values[name] ?? undefined) as T | undefined;
  }

  need<T = string>(name: string): T {
    const value = this.get<T>(name);
    if (value === undefined) throw new Error(`${this.path}${name} is missing`);
    return value;
  }

  /** Nested blocks; Terraform's JSON has one of them as an object and several as a list. */
  blocks(name: string): Configuration[] {
    const value = this.get<Values | Values[]>(name);
    if (value === undefined) return [];
    const found = [value].flat().map((values) => new Configuration(values, `${this.path}${name}.`));
    this.nested.push(...found);
    return found;
  }

  block(name: string): Configuration | undefined {
    return this.blocks(name)[0];
  }

  /** Attributes for a request whose names are the same but for the spelling; `name>Name` where they differ. */
  pascal<T>(...names: string[]): T {
    return this.spelled(names, pascalCase) as T;
  }

  camel<T>(...names: string[]): T {
    return this.spelled(names, camelCase) as T;
  }

  unread(): string[] {
    const own = Object.keys(this.values)
      .filter((name) => !this.read.has(name) && this.values[name] !== null)
      .map((name) => `${this.path}${name}`);
    return [...own, ...this.nested.flatMap((block) => block.unread())];
  }

  private spelled(names: readonly string[], spell: (name: string) => string): Record<string, unknown> {
    const entries = names.map((name): [string, unknown] => {
      const [from = '', to] = name.split('>');
      return [to ?? spell(from), this.get<unknown>(from)];
    });
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  }
}
