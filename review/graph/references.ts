import { referencesOf } from '../plan/configuration';
import type { Configuration, Resource, ResourceBlock } from '../plan/model';
import { grouped } from './grouped';

const INDEX = /\[(?:"(?:[^"\\]|\\.)*"|[^\]]*)\]/g;
/** Modules may hand a value through many levels, but not for ever. */
const DEEPEST = 20;

/** Follows references of the configuration (`aws_sqs_queue.q.arn`, `module.m.out`, `var.v`, `each.value`) to resources. */
export class References {
  /** By the block of the configuration, and by the module instance as well: one block may have thousands of instances. */
  private readonly instances: ReadonlyMap<string, readonly Resource[]>;
  private readonly paths = new Map<string, string>();
  private readonly blocks = new Map<Resource, ResourceBlock | null>();
  private readonly inModule: ReadonlyMap<string, readonly Resource[]>;

  constructor(
    resources: readonly Resource[],
    private readonly configuration: Configuration,
  ) {
    this.instances = grouped(resources, (resource) => this.blockKey(resource));
    this.inModule = grouped(resources, ({ module, type, name }) => `${module}|${type}.${name}`);
  }

  /** Remembered: every rule asks for that of every resource. */
  block(resource: Resource): ResourceBlock | undefined {
    const known = this.blocks.get(resource);
    if (known !== undefined) return known ?? undefined;
    const block = this.configuration.blocks.get(this.blockKey(resource));
    this.blocks.set(resource, block ?? null);
    return block;
  }

  private blockKey({ module, type, name }: Resource): string {
    return `${this.pathOf(module)}|${type}.${name}`;
  }

  /** Remembered: most resources share their module with others, and each is asked for often. */
  private pathOf(module: string): string {
    const path = this.paths.get(module) ?? configPath(module);
    this.paths.set(module, path);
    return path;
  }

  resolve(from: Resource, references: readonly string[], types: readonly string[]): Resource[] {
    const found = references.flatMap((reference) => this.one(from, this.pathOf(from.module), reference, 0));
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
    const beside = this.inModule.get(`${from.module}|${head}.${second}`);
    const instances =
      beside && path === this.pathOf(from.module) ? beside : this.instances.get(`${path}|${head}.${second}`);
    return [...nearest(from, instances ?? [], index)];
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

/**
 * Of several resources the one that the asker most likely means: in the module that shares the most steps with the
 * asker's, of those with the asker's instance keys (`module.a["eu"]` talks to `module.b["eu"]`), of those with the index
 * that was asked for or else the asker's own. Several, when nothing tells them apart.
 */
export function nearest(asker: Resource, candidates: readonly Resource[], index?: string): readonly Resource[] {
  if (candidates.length < 2) return candidates;
  const steps = stepsOf(asker.module);
  const keys = keysOf(asker.module, asker.index);
  const together = best(candidates, ({ module }) => {
    const others = stepsOf(module);
    const parting = steps.findIndex((step, depth) => step !== others[depth]);
    return parting === -1 ? steps.length : parting;
  });
  const close = best(together, ({ module }) => keysOf(module).filter((key) => keys.includes(key)).length);
  const named = close.filter((candidate) => index !== undefined && String(candidate.index) === index);
  if (named.length > 0) return named;
  const alike = close.filter((candidate) => asker.index !== undefined && candidate.index === asker.index);
  return alike.length > 0 ? alike : close;
}

function best(candidates: readonly Resource[], score: (candidate: Resource) => number): readonly Resource[] {
  const scores = candidates.map(score);
  const highest = Math.max(...scores);
  return candidates.filter((_, position) => scores[position] === highest);
}

const STEP = /module\.[^.[]+(?:\[(?:"(?:[^"\\]|\\.)*"|[^\]]*)\])?/g;
const stepsOf = (module: string): string[] => module.match(STEP) ?? [];
const keysOf = (module: string, index?: string | number): string[] => [
  ...(module.match(INDEX) ?? []),
  ...(index === undefined ? [] : [JSON.stringify([index])]),
];
