import { referencesOf } from '../plan/configuration';
import type { Configuration, Resource, ResourceBlock } from '../plan/model';

const INDEX = /\[(?:"(?:[^"\\]|\\.)*"|[^\]]*)\]/g;
/** Modules may hand a value through many levels, but not for ever. */
const DEEPEST = 20;

/** Follows references of the configuration (`aws_sqs_queue.q.arn`, `module.m.out`, `var.v`, `each.value`) to resources. */
export class References {
  private readonly instances = new Map<string, Resource[]>();

  constructor(
    resources: readonly Resource[],
    private readonly configuration: Configuration,
  ) {
    for (const resource of resources) {
      const key = `${configPath(resource.module)}|${resource.type}.${resource.name}`;
      const instances = this.instances.get(key);
      if (instances) instances.push(resource);
      else this.instances.set(key, [resource]);
    }
  }

  block(resource: Resource): ResourceBlock | undefined {
    return this.configuration.blocks.get(`${configPath(resource.module)}|${resource.type}.${resource.name}`);
  }

  resolve(from: Resource, references: readonly string[], types: readonly string[]): Resource[] {
    const found = references.flatMap((reference) => this.one(from, configPath(from.module), reference, 0));
    return [...new Set(found)].filter((resource) => types.includes(resource.type));
  }

  private one(from: Resource, path: string, reference: string, depth: number): Resource[] {
    if (depth > DEEPEST) return [];
    const index = /^(?:module\.)?[^.[]+(?:\.[^.[]+)?\[("?)([^\]"]*)\1\]/.exec(reference)?.[2];
    const [head = '', second = '', third] = reference.replace(INDEX, '').split('.');
    if (head === 'module') return this.output(from, path, second, third, depth);
    if (head === 'var') return this.variable(from, path, second, depth);
    if (head === 'each' || head === 'count') {
      const each = this.block(from)?.each ?? [];
      return each
        .filter((name) => !/^(each|count)\b/.test(name))
        .flatMap((name) => this.one(from, path, name, depth + 1));
    }
    if (['data', 'local', 'path', 'terraform', 'self'].includes(head)) return [];
    return choose(from, this.instances.get(`${path}|${head}.${second}`) ?? [], index);
  }

  private output(from: Resource, path: string, call: string, output: string | undefined, depth: number): Resource[] {
    const child = path === '' ? call : `${path}.${call}`;
    if (output === undefined) return [];
    const references = this.configuration.outputs.get(`${child}|${output}`) ?? [];
    return references.flatMap((reference) => this.one(from, child, reference, depth + 1));
  }

  private variable(from: Resource, path: string, name: string, depth: number): Resource[] {
    const references = referencesOf(this.configuration.calls.get(path)?.expressions[name]);
    const parent = path.includes('.') ? path.slice(0, path.lastIndexOf('.')) : '';
    return references.flatMap((reference) => this.one(from, parent, reference, depth + 1));
  }
}

/** `module.a["x"].module.b[0]` → `a.b`: the configuration has one block for all instances. */
export function configPath(module: string): string {
  if (module === '') return '';
  return module
    .replace(INDEX, '')
    .split('.')
    .filter((_, position) => position % 2 === 1)
    .join('.');
}

/** Of several instances the one with the index that was asked for, else the one that shares the asker's index. */
function choose(from: Resource, instances: Resource[], index: string | undefined): Resource[] {
  if (instances.length < 2) return instances;
  const sameModule = instances.filter((instance) => instance.module === from.module);
  const near = sameModule.length > 0 ? sameModule : instances.filter((instance) => sharesIndices(from, instance));
  const candidates = near.length > 0 ? near : instances;
  const named = candidates.filter((instance) => index !== undefined && String(instance.index) === index);
  if (named.length > 0) return named;
  const alike = candidates.filter((instance) => from.index !== undefined && instance.index === from.index);
  return alike.length > 0 ? alike : candidates;
}

/** `module.a["eu"]…` talks to `module.b["eu"]…` when both have one instance per key. */
function sharesIndices(from: Resource, instance: Resource): boolean {
  const wanted = new Set([
    ...(from.module.match(INDEX) ?? []),
    ...(from.index === undefined ? [] : [JSON.stringify([from.index])]),
  ]);
  const own = instance.module.match(INDEX) ?? [];
  return own.length > 0 && own.every((index) => wanted.has(index));
}
