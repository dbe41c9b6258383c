import { referencesOf } from '../plan/configuration';
import type { Configuration, Resource, ResourceBlock } from '../plan/model';
import { remembered } from '../plan/remembered';
import { grouped } from './grouped';

/** Module → name → resources of one type. */
type ByModule = ReadonlyMap<string, ReadonlyMap<string, readonly Resource[]>>;

const INDEX = /\[(?:"(?:[^"\\]|\\.)*"|[^\]]*)\]/g;
/** Modules may hand a value through many levels, but not for ever. */
const DEEPEST = 20;

/** Follows references of the configuration (`aws_sqs_queue.q.arn`, `module.m.out`, `var.v`, `each.value`) to resources. */
export class References {
  /** Of each type that something refers to: by the module of the configuration, since one block may have thousands of instances. */
  private readonly instances = new Map<string, ByModule>();
  /** The same by the instance of the module. */
  private readonly inModule = new Map<string, ByModule>();
  private readonly paths = new Map<string, string>();
  private readonly blocks = new Map<Resource, ResourceBlock | undefined>();

  constructor(
    private readonly ofType: (type: string) => readonly Resource[],
    private readonly configuration: Configuration,
  ) {}

  /** Remembered: every rule asks for that of every resource. */
  block(resource: Resource): ResourceBlock | undefined {
    return remembered(this.blocks, resource, () => {
      const { module, type, name } = resource;
      return this.configuration.blocks.get(this.pathOf(module))?.get(type)?.get(name);
    });
  }

  /** Remembered: most resources share their module with others, and each is asked for often. */
  private pathOf(module: string): string {
    return module === '' ? '' : remembered(this.paths, module, () => configPath(module));
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
    const here = path === this.pathOf(from.module) ? this.besideIn(head).get(from.module)?.get(second) : undefined;
    return [...nearest(from, here ?? this.instancesOf(head).get(path)?.get(second) ?? [], index)];
  }

  private instancesOf(type: string): ByModule {
    return remembered(this.instances, type, () => byModule(this.ofType(type), ({ module }) => this.pathOf(module)));
  }

  private besideIn(type: string): ByModule {
    return remembered(this.inModule, type, () => byModule(this.ofType(type), ({ module }) => module));
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

function byModule(resources: readonly Resource[], moduleOf: (resource: Resource) => string): ByModule {
  const modules = grouped(resources, moduleOf);
  return new Map([...modules].map(([module, within]) => [module, grouped(within, ({ name }) => name)]));
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
