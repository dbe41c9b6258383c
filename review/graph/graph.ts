import { constantsOf, expressionAt, referencesOf } from '../plan/configuration';
import type { Configuration, Plan, Resource } from '../plan/model';
import { remembered } from '../plan/remembered';
import { isOpen, isRecord, parseJson, stepsOf, textOf, UNKNOWN } from '../plan/values';
import { type PathOf, typeOf } from '../resources';
import { changes } from './change';
import { grouped } from './grouped';
import { Places } from './places';
import { configPath, nearest, References } from './references';
import { existsOn, on, read, type Side, survives } from './side';
import { otherSpellings } from './spelling';

/** One in the world. Anything else is a name in one account and region. */
const UNIQUE = /^(arn:|https?:)/;

/** Who bears a name: one, of nearly all names. */
type Bearers = Map<string, Resource | Resource[]>;

const byAddress = (a: Resource, b: Resource) => (a.address < b.address ? -1 : 1);

/** Where a resource points: into this plan, out of it, or somewhere that only the apply will tell. */
export type Target =
  | { readonly kind: 'resource'; readonly resource: Resource }
  | { readonly kind: 'elsewhere'; readonly name: string }
  | { readonly kind: 'unknown' };

/** Finds resources by what others say of them: ARN, URL or name, and for values not known yet by the configuration. */
export class Graph {
  readonly configuration: Configuration;
  /** What the plan does something with, by address. */
  readonly changed: readonly Resource[];
  private readonly byType: ReadonlyMap<string, readonly Resource[]>;
  private all: readonly Resource[] | undefined;
  /** By address. Sorted for whoever asks: most of a large plan are types that nobody asks for. */
  private readonly sorted = new Map<string, readonly Resource[]>();
  private readonly bearers = { before: new Map<string, Bearers>(), after: new Map<string, Bearers>() };
  private readonly modules = new Map<readonly Resource[], ReadonlyMap<string, readonly Resource[]>>();
  private readonly places: Places;
  private readonly references: References;

  constructor(readonly plan: Plan) {
    this.configuration = plan.configuration;
    this.byType = grouped(plan.resources, ({ type }) => type);
    this.changed = plan.resources.filter(changes).sort(byAddress);
    this.references = new References((type) => this.ofType(type), plan.configuration);
    this.places = new Places(plan.configuration, this.references);
  }

  /** All by address. */
  get resources(): readonly Resource[] {
    this.all ??= [...this.plan.resources].sort(byAddress);
    return this.all;
  }

  ofType<T extends string>(...types: readonly T[]): readonly Resource<T>[] {
    const found = types.length === 1 ? this.sortedOf(types[0] as T) : types.flatMap((type) => this.sortedOf(type));
    return found as readonly Resource<T>[];
  }

  private sortedOf(type: string): readonly Resource[] {
    return remembered(this.sorted, type, () => [...(this.byType.get(type) ?? [])].sort(byAddress));
  }

  /** What an attribute of a resource points to; undefined when it is not set. */
  follow<T extends string>(
    resource: Resource<T>,
    side: Side,
    path: PathOf<T>,
    types: readonly string[],
  ): Target | undefined {
    const value = read(resource, side, path);
    if (value === UNKNOWN || (value === undefined && side === 'after' && this.isConfigured(resource, path))) {
      return this.byReference(resource, side, path, types);
    }
    if (isOpen(value)) return { kind: 'unknown' };
    const text = textOf(value);
    return text === undefined ? undefined : this.find(text, side, types, resource, path);
  }

  /** A JSON document in an attribute, and where one of its fields points. */
  followDocument<T extends string>(
    resource: Resource<T>,
    side: Side,
    path: PathOf<T>,
    field: string,
    types: readonly string[],
  ): Target | undefined {
    const document = this.document(resource, side, path);
    const text = isRecord(document) ? document[field] : undefined;
    if (typeof text === 'string' && !text.includes('${')) {
      return text === '' ? undefined : this.find(text, side, types, resource, path);
    }
    const value = read(resource, side, path);
    if (value === UNKNOWN) return this.byReference(resource, side, path, types);
    return isOpen(value) ? { kind: 'unknown' } : undefined;
  }

  /**
   * The JSON document in an attribute. Not known yet, it may still stand in the configuration as a template
   * (`"…${aws_sqs_queue.q.arn}…"`: synthesized JSON configurations show it so), with all but the references readable.
   */
  document<T extends string>(resource: Resource<T>, side: Side, path: PathOf<T>): unknown {
    const value = read(resource, side, path);
    if (value !== UNKNOWN) return parseJson(textOf(value));
    const constant = constantsOf(expressionAt(this.block(resource)?.expressions, path))[0];
    return typeof constant === 'string' ? parseJson(constant) : undefined;
  }

  block(resource: Resource) {
    return this.references.block(resource);
  }

  /** The configuration says something about the attribute. Undefined without a configuration: then nobody can tell. */
  isConfigured(resource: Resource, path: string): boolean | undefined {
    const block = this.block(resource);
    if (!block) return undefined;
    return stepsOf(path)[0] in block.expressions;
  }

  /** The sources of the modules that a resource is in, outermost first; none for the root module. */
  sourcesAbove(resource: Resource): string[] {
    const names = configPath(resource.module).split('.').filter(Boolean);
    return names.map((_, depth) => this.configuration.calls.get(names.slice(0, depth + 1).join('.'))?.source ?? '');
  }

  referred(resource: Resource, path: string, types: readonly string[]): Resource[] {
    const expressions = this.block(resource)?.expressions;
    const expression = expressionAt(expressions, path) ?? expressions?.[stepsOf(path)[0]];
    return this.references.resolve(resource, referencesOf(expression), types);
  }

  /**
   * Which resource of these types an ARN, URL, id or name means, when `asker` says it at `path`. A name is unique only in its
   * account and region, and a plan may span several: of many bearers it is the one that the configuration names, else the
   * one in the asker's place, else the one in the asker's module; and where all that leaves several, nobody knows.
   */
  find(text: string, side: Side, types: readonly string[], asker: Resource, path: string): Target {
    const found = this.named(text, side, types, asker, path);
    if (found) return found;
    for (const other of otherSpellings(text, types)) {
      const target = this.named(other, side, types, asker, path);
      if (target) return target;
    }
    return { kind: 'elsewhere', name: text };
  }

  private named(key: string, side: Side, types: readonly string[], asker: Resource, path: string): Target | undefined {
    for (const type of types) {
      const bearers = this.bearersOf(type, side).get(key);
      if (!bearers) continue;
      if (!Array.isArray(bearers)) {
        if (UNIQUE.test(key) || !this.places.apart(asker, bearers)) return { kind: 'resource', resource: bearers };
        continue;
      }
      const [resource, ...others] = this.meant(bearers, asker, path, UNIQUE.test(key));
      if (!resource) continue;
      return others.length === 0 ? { kind: 'resource', resource } : { kind: 'unknown' };
    }
    return undefined;
  }

  /** In different accounts or regions, as far as the plan tells: one name there and here is two things. */
  apart(a: Resource, b: Resource): boolean {
    return this.places.apart(a, b);
  }

  /** Of a provider whose region nobody knows, beside others: it may be in any account and region of theirs. */
  mayBeAnywhere(resource: Resource): boolean {
    return this.places.mayBeAnywhere(resource);
  }

  private meant(bearers: readonly Resource[], asker: Resource, path: string, unique: boolean): readonly Resource[] {
    const here = (bearer: Resource) => unique || !this.places.apart(asker, bearer);
    const [first] = bearers;
    if (!first) return [];
    const named = this.referred(asker, path, [first.type]).filter((bearer) => bearers.includes(bearer) && here(bearer));
    if (named.length === 1) return named;
    const beside = this.byModule(bearers).get(asker.module)?.filter(here) ?? [];
    const candidates = [named, beside].find((some) => some.length > 0) ?? bearers.filter(here);
    const together = candidates.filter((bearer) => this.places.sameProvider(asker, bearer));
    return nearest(asker, together.length > 0 ? together : candidates);
  }

  /** A name may be borne in a thousand modules, and each of them asks. */
  private byModule(bearers: readonly Resource[]): ReadonlyMap<string, readonly Resource[]> {
    return remembered(this.modules, bearers, () => grouped(bearers, ({ module }) => module));
  }

  private bearersOf(type: string, side: Side): Bearers {
    return remembered(this.bearers[side], type, () => {
      const bearers: Bearers = new Map();
      const paths = ['arn', 'id', ...(typeOf(type)?.names ?? [])];
      for (const resource of this.byType.get(type) ?? []) {
        const attributes = on(resource, side);
        if (attributes === null) continue;
        for (const path of paths) {
          const value = attributes[path];
          // Computed anew with the rest, the name of what stays is the one that it has.
          const name = textOf(value === UNKNOWN && survives(resource) ? resource.before?.[path] : value);
          if (name === undefined) continue;
          const alike = bearers.get(name);
          if (!alike) bearers.set(name, resource);
          // Its ARN may be its id as well.
          else if (Array.isArray(alike)) {
            if (alike.at(-1) !== resource) alike.push(resource);
          } else if (alike !== resource) bearers.set(name, [alike, resource]);
        }
      }
      return bearers;
    });
  }

  /** Several are as good as none: the first of them would depend on what they are called. */
  private byReference(resource: Resource, side: Side, path: string, types: readonly string[]): Target {
    const [found, ...others] = this.referred(resource, path, types).filter((target) => existsOn(target, side));
    return found && others.length === 0 ? { kind: 'resource', resource: found } : { kind: 'unknown' };
  }
}

export function resourceOfTarget(target: Target | undefined): Resource | undefined {
  return target?.kind === 'resource' ? target.resource : undefined;
}
