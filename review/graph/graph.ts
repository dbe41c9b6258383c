import { constantsOf, expressionAt, referencesOf } from '../plan/configuration';
import type { Configuration, Plan, Resource } from '../plan/model';
import { isOpen, isRecord, parseJson, textOf, UNKNOWN, type Value, valueAt } from '../plan/values';
import { configPath, References } from './references';
import { existsOn, type Side } from './side';

/** Attributes whose value identifies a resource among those of its type only. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  aws_lambda_function: ['function_name'],
  aws_sqs_queue: ['name'],
  aws_dynamodb_table: ['name'],
  aws_kinesis_stream: ['name'],
  aws_cloudwatch_event_rule: ['name'],
  aws_iam_role: ['name'],
  aws_kms_key: ['key_id'],
  aws_mq_configuration: ['id'],
  aws_mq_broker: ['id'],
};
/** Their `arn` is somebody else's. */
const NOT_IDENTIFIED_BY_ARN = new Set(['aws_cloudwatch_event_target']);

/** Where a resource points: into this plan, out of it, or somewhere that only the apply will tell. */
export type Target =
  | { readonly kind: 'resource'; readonly resource: Resource }
  | { readonly kind: 'elsewhere'; readonly name: string }
  | { readonly kind: 'unknown' };

/** Finds resources by what others say of them: ARN, URL or name, and for values not known yet by the configuration. */
export class Graph {
  readonly resources: readonly Resource[];
  readonly configuration: Configuration;
  private readonly byType = new Map<string, Resource[]>();
  private readonly identities: Record<Side, Map<string, Resource>> = { before: new Map(), after: new Map() };
  private readonly references: References;

  constructor(plan: Plan) {
    this.resources = [...plan.resources].sort((a, b) => (a.address < b.address ? -1 : 1));
    this.configuration = plan.configuration;
    this.references = new References(this.resources, plan.configuration);
    for (const resource of this.resources) {
      const alike = this.byType.get(resource.type);
      if (alike) alike.push(resource);
      else this.byType.set(resource.type, [resource]);
      for (const side of ['before', 'after'] as const) {
        for (const key of identitiesOf(resource, side)) this.identities[side].set(key, resource);
      }
    }
  }

  ofType(...types: string[]): readonly Resource[] {
    const [only] = types;
    if (only !== undefined && types.length === 1) return this.byType.get(only) ?? [];
    return types.flatMap((type) => this.byType.get(type) ?? []);
  }

  /** What an attribute of a resource points to; undefined when it is not set. */
  follow(resource: Resource, side: Side, path: string, types: readonly string[]): Target | undefined {
    const value = valueAt(resource[side], path);
    if (value === UNKNOWN || (value === undefined && side === 'after' && this.isConfigured(resource, path))) {
      return this.byReference(resource, path, types);
    }
    if (isOpen(value)) return { kind: 'unknown' };
    const text = textOf(value);
    if (text === undefined) return undefined;
    return this.find(text, side, types) ?? { kind: 'elsewhere', name: text };
  }

  /** A JSON document in an attribute, and where one of its fields points. */
  followDocument(
    resource: Resource,
    side: Side,
    path: string,
    field: string,
    types: readonly string[],
  ): Target | undefined {
    const document = this.document(resource, side, path);
    const text = isRecord(document) ? document[field] : undefined;
    if (typeof text === 'string' && !text.includes('${')) {
      return text === '' ? undefined : (this.find(text, side, types) ?? { kind: 'elsewhere', name: text });
    }
    const value = valueAt(resource[side], path);
    if (value === UNKNOWN) return this.byReference(resource, path, types);
    return isOpen(value) ? { kind: 'unknown' } : undefined;
  }

  /**
   * The JSON document in an attribute. Not known yet, it may still stand in the configuration as a template
   * (`"…${aws_sqs_queue.q.arn}…"`: synthesized JSON configurations show it so), with all but the references readable.
   */
  document(resource: Resource, side: Side, path: string): unknown {
    const value = valueAt(resource[side], path);
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
    const [attribute] = path.split('.');
    return attribute !== undefined && attribute in block.expressions;
  }

  /** The sources of the modules that a resource is in, outermost first; none for the root module. */
  sourcesAbove(resource: Resource): string[] {
    const names = configPath(resource.module).split('.').filter(Boolean);
    return names.map((_, depth) => this.configuration.calls.get(names.slice(0, depth + 1).join('.'))?.source ?? '');
  }

  referred(resource: Resource, path: string, types: readonly string[]): Resource[] {
    const expression =
      expressionAt(this.block(resource)?.expressions, path) ??
      this.block(resource)?.expressions[path.split('.')[0] ?? ''];
    return this.references.resolve(resource, referencesOf(expression), types);
  }

  find(text: string, side: Side, types: readonly string[]): Target | undefined {
    const direct = this.identities[side].get(text);
    if (direct && types.includes(direct.type)) return { kind: 'resource', resource: direct };
    for (const key of [...types.map((type) => `${type}|${text}`), withoutQualifier(text)]) {
      const resource = this.identities[side].get(key);
      if (resource && types.includes(resource.type)) return { kind: 'resource', resource };
    }
    return undefined;
  }

  private byReference(resource: Resource, path: string, types: readonly string[]): Target {
    const [found] = this.referred(resource, path, types);
    return found ? { kind: 'resource', resource: found } : { kind: 'unknown' };
  }
}

export function resourceOfTarget(target: Target | undefined): Resource | undefined {
  return target?.kind === 'resource' ? target.resource : undefined;
}

function identitiesOf(resource: Resource, side: Side): string[] {
  if (!existsOn(resource, side)) return [];
  const own = (path: string): Value | undefined => valueAt(resource[side], path);
  const keys = ['id', 'url', ...(NOT_IDENTIFIED_BY_ARN.has(resource.type) ? [] : ['arn'])]
    .map((path) => textOf(own(path)))
    .filter((text): text is string => text !== undefined && /^(arn:|https?:)/.test(text));
  const names = (NAMES[resource.type] ?? [])
    .map((path) => textOf(own(path)))
    .filter((text) => text !== undefined)
    .map((text) => `${resource.type}|${text}`);
  return [...keys, ...names];
}

/** `…:function:orders:live` is the function orders; `…:table/orders/stream/…` is the table. */
function withoutQualifier(text: string): string {
  return text
    .replace(/^(arn:[^:]*:lambda:[^:]*:[^:]*:function:[^:]+):.*$/, '$1')
    .replace(/^(arn:[^:]*:dynamodb:[^:]*:[^:]*:table\/[^/]+)\/.*$/, '$1');
}
