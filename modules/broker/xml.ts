import { create } from 'xmlbuilder2';
import { PERMITTED } from './permitted';

/** An element before it is text: checked as data, so that a mistake is named by its place. */
export interface Element {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly children?: readonly Element[];
}

/** Thrown for XML that Amazon MQ would silently strip. */
export class ConfigurationError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigurationError';
  }
}

/** Every place where the tree holds what Amazon MQ does not permit; empty when it is fine. */
export function findForbidden(element: Element, path = element.name): string[] {
  const permitted = PERMITTED[element.name];
  if (!permitted) return [`${path}: Amazon MQ does not permit this element`];
  const problems = Object.keys(element.attributes ?? {})
    .filter((name) => !permitted.attributes.includes(name))
    .map((name) => `${path}: Amazon MQ does not permit the attribute ${name}`);
  for (const child of element.children ?? []) {
    const childPath = `${path} > ${child.name}`;
    problems.push(
      ...(permitted.children.includes(child.name)
        ? findForbidden(child, childPath)
        : [`${childPath}: Amazon MQ does not permit ${child.name} in ${element.name}`]),
    );
  }
  return problems;
}

function object({ attributes = {}, children = [] }: Element): object {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return {
    ...Object.fromEntries(given.map(([name, value]) => [`@${name}`, String(value)])),
    '#': children.map((child) => ({ [child.name]: object(child) })),
  };
}

/** @throws ConfigurationError naming every element and attribute that Amazon MQ does not permit. */
export function render(broker: Element): string {
  const problems = findForbidden(broker);
  if (problems.length > 0) throw new ConfigurationError(problems);
  // ActiveMQ doesn't mind the order of a broker's children (measured on 5.18); Amazon MQ is reported to want the alphabet's.
  const children = [...(broker.children ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1));
  const root = { '@xmlns': 'http://activemq.apache.org/schema/core', ...object({ ...broker, children }) };
  return create({ version: '1.0', encoding: 'UTF-8', standalone: true })
    .ele({ [broker.name]: root })
    .end({ prettyPrint: true });
}
