import type { Resource } from '../plan/model';
import { remembered } from '../plan/remembered';
import {
  booleanOf,
  certainlyDiffers,
  isAbsent,
  isOpen,
  isRecord,
  numberOf,
  textOf,
  UNKNOWN,
  type Value,
} from '../plan/values';
import type { AnyPath } from '../resources';
import { type Companion, typeOf } from '../resources';
import { ENDPOINTS, SOURCES } from './endpoints';
import { Graph, resourceOfTarget, type Target } from './graph';
import { grouped } from './grouped';
import { existsOn, read, type Side, survives } from './side';

export interface DeadLetter {
  readonly target: Target;
  readonly maxReceiveCount: number | undefined;
}

/** A mapping or a pipe that takes messages from a source and gives them to a function. */
export interface Consumer {
  readonly mapping: Resource;
  readonly source: Target;
  readonly function: Resource | undefined;
  readonly enabled: boolean | undefined;
}

export const QUEUE = ['aws_sqs_queue'];
const FUNCTIONS = ['aws_lambda_function', 'aws_lambda_alias'];

/** Somebody other than the owner says it, or may. */
export const isDefinedByCompanion = (definer: Resource | undefined | 'unknown', owner: Resource): boolean =>
  definer !== undefined && definer !== owner;

/** The apply writes this attribute of it. */
const writes = (resource: Resource, attribute: string): boolean =>
  resource.action === 'create' ||
  resource.action === 'replace' ||
  (resource.action === 'update' &&
    (isOpen(resource.after?.[attribute]) ||
      certainlyDiffers(resource.before?.[attribute], resource.after?.[attribute])));

/** Worked out when somebody asks for it first. */
type PerSide<T> = { [side in Side]?: T };
type Beside = Map<string, ReadonlyMap<Resource, readonly Resource[]>>;

/** The messaging graph: who holds messages, who takes them, and where they go when that fails, before and after. */
export class Messaging extends Graph {
  private readonly deadLettersOn: PerSide<ReadonlyMap<Resource, DeadLetter | undefined | 'unknown'>> = {};
  private readonly consumersOn: PerSide<readonly Consumer[]> = {};
  private readonly byMapping: PerSide<ReadonlyMap<Resource, readonly Consumer[]>> = {};
  private readonly byFunction: PerSide<ReadonlyMap<Resource, readonly Consumer[]>> = {};
  private readonly bySink: PerSide<ReadonlyMap<Resource, readonly Resource[]>> = {};
  /** Type → type of the owner → owner. */
  private readonly besideOn = { before: new Map<string, Beside>(), after: new Map<string, Beside>() };
  private readonly leaving = new Map<string, boolean>();
  private readonly loose = { before: new Map<string, boolean>(), after: new Map<string, boolean>() };

  /** The redrive policy of a queue, its own or the one of a resource beside it. */
  deadLetter(queue: Resource, side: Side): DeadLetter | undefined | 'unknown' {
    this.deadLettersOn[side] ??= new Map(
      this.ofType('aws_sqs_queue').flatMap((each) => {
        if (!existsOn(each, side)) return [];
        const definer = this.definingResource(each, side, 'redrive_policy');
        return [[each, definer && definer !== 'unknown' ? this.redrivePolicy(definer, side) : definer] as const];
      }),
    );
    return this.deadLettersOn[side].get(queue);
  }

  private redrivePolicy(resource: Resource, side: Side): DeadLetter | undefined | 'unknown' {
    const path = 'redrive_policy';
    const document = this.document(resource, side, path);
    const target = this.followDocument(resource, side, path, 'deadLetterTargetArn', QUEUE);
    if (!target) return isOpen(read(resource, side, path)) ? 'unknown' : undefined;
    const count = isRecord(document) ? numberOf(document.maxReceiveCount as Value) : undefined;
    return { target, maxReceiveCount: count };
  }

  /**
   * Who says what an attribute of a resource is on one side: a resource beside it, or the resource itself. Undefined when
   * nobody does; 'unknown' when somebody may.
   *
   * The provider reads what a resource beside it wrote back into the owner (`redrive_policy` of a queue is optional and
   * computed), and there it stays as it was while the resource beside it changes or goes.
   */
  definingResource(owner: Resource, side: Side, attribute: AnyPath): Resource | undefined | 'unknown' {
    const companion = typeOf(owner.type)?.companions?.[attribute];
    if (companion) {
      const definers = this.beside(owner, side, companion.type, companion.owner as AnyPath);
      // Of several it is the one that this plan writes.
      const written = side === 'after' ? definers.filter((definer) => writes(definer, attribute)).at(-1) : undefined;
      if (written) return written;
      if (this.clearedBy(owner, side, attribute))
        return this.hasLoose(companion, owner.type, side) ? 'unknown' : undefined;
      if (definers[0]) return definers[0];
      if (this.isConfigured(owner, attribute) !== true && this.hasLoose(companion, owner.type, side)) return 'unknown';
    }
    const value = read(owner, side, attribute);
    // Optional and computed: a new one shows it as unknown even when the configuration has none.
    return isAbsent(value) || (value === UNKNOWN && this.isConfigured(owner, attribute) === false) ? undefined : owner;
  }

  /**
   * The resource beside an owner whose removal empties an attribute of it. What the owner itself says, or another resource
   * beside it, is no change in this plan, so that nobody writes it again before the next apply.
   */
  clearedBy(owner: Resource, side: Side, attribute: string): Resource | undefined {
    const companion = typeOf(owner.type)?.companions?.[attribute];
    if (!companion || side === 'before' || !existsOn(owner, 'after') || (owner.before && !survives(owner)))
      return undefined;
    if (!this.anyLeaves(companion)) return undefined;
    const stay = this.beside(owner, 'after', companion.type, companion.owner as AnyPath);
    const goes = this.beside(owner, 'before', companion.type, companion.owner as AnyPath).find(
      (resource) => resource.action !== 'forget' && !stay.includes(resource),
    );
    const rewritten = stay.some((definer) => writes(definer, attribute));
    return rewritten || (this.isConfigured(owner, attribute) !== false && writes(owner, attribute)) ? undefined : goes;
  }

  /** Some of the type may leave their owner in this plan. In most plans none does, and every owner is asked about. */
  private anyLeaves({ type, owner }: Companion): boolean {
    return remembered(this.leaving, type, () =>
      this.ofType(type).some(
        ({ action, before, after }) =>
          before !== null && (after === null || action === 'replace' || before[owner] !== after[owner]),
      ),
    );
  }

  /** Some of the type belong to an owner that only the apply will tell. */
  private hasLoose({ type, owner }: Companion, ownerType: string, side: Side): boolean {
    return remembered(this.loose[side], type, () =>
      this.ofType(type).some(
        (resource) =>
          existsOn(resource, side) && this.follow(resource, side, owner as AnyPath, [ownerType])?.kind === 'unknown',
      ),
    );
  }

  /** Queues of the plan whose dead letters go to this one. */
  sourcesOf(deadLetterQueue: Resource, side: Side): Resource[] {
    this.bySink[side] ??= grouped(this.ofType('aws_sqs_queue'), (queue) => {
      const policy = this.deadLetter(queue, side);
      return policy === undefined || policy === 'unknown' ? undefined : resourceOfTarget(policy.target);
    });
    return (this.bySink[side].get(deadLetterQueue) ?? []).filter((queue) => queue !== deadLetterQueue);
  }

  consumers(side: Side): readonly Consumer[] {
    this.consumersOn[side] ??= this.ofType('aws_lambda_event_source_mapping')
      .filter((mapping) => existsOn(mapping, side))
      .map((mapping) => ({
        mapping,
        source: this.follow(mapping, side, 'event_source_arn', SOURCES) ?? { kind: 'unknown' as const },
        function: this.functionOf(mapping, side),
        enabled:
          booleanOf(read(mapping, side, 'enabled')) ?? (isOpen(read(mapping, side, 'enabled')) ? undefined : true),
      }));
    return this.consumersOn[side];
  }

  /** What a mapping does on one side. */
  consumerOf(mapping: Resource, side: Side): Consumer | undefined {
    this.byMapping[side] ??= grouped(this.consumers(side), (consumer) => consumer.mapping);
    return this.byMapping[side].get(mapping)?.[0];
  }

  /** Everything that gives this function messages. */
  consumersBy(fn: Resource, side: Side): readonly Consumer[] {
    this.byFunction[side] ??= grouped(this.consumers(side), (consumer) => consumer.function);
    return this.byFunction[side].get(fn) ?? [];
  }

  /** The function that something names, through an alias if need be. */
  functionOf(resource: Resource, side: Side, path: AnyPath = 'function_name'): Resource | undefined {
    const direct = resourceOfTarget(this.follow(resource, side, path, FUNCTIONS));
    if (direct?.type === 'aws_lambda_alias') return this.functionOf(direct, side);
    return direct;
  }

  endpointOf(subscription: Resource, side: Side): Resource | undefined {
    return resourceOfTarget(this.follow(subscription, side, 'endpoint', ENDPOINTS));
  }

  topicOf(subscription: Resource, side: Side): Resource | undefined {
    return resourceOfTarget(this.follow(subscription, side, 'topic_arn', ['aws_sns_topic']));
  }

  /** Resources that belong to another one and say so: a queue's policy, a topic's policy, a broker's users. */
  beside(owner: Resource, side: Side, type: string, path: AnyPath): readonly Resource[] {
    const byType: Beside = remembered(this.besideOn[side], type, () => new Map());
    const groups = remembered(byType, owner.type, () => this.byOwner(owner.type, side, type, path));
    return groups.get(owner) ?? [];
  }

  private byOwner(ownerType: string, side: Side, type: string, path: AnyPath): Map<Resource, Resource[]> {
    const ownerOn = (resource: Resource, at: Side) => resourceOfTarget(this.follow(resource, at, path, [ownerType]));
    return grouped(this.ofType(type), (resource) => {
      if (!existsOn(resource, side)) return undefined;
      const stays = side === 'after' && survives(resource);
      // An owner whose name is not known yet can't be found by it, but what belonged to it and points nowhere else still does.
      const before = stays && !certainlyDiffers(read(resource, 'before', path), read(resource, 'after', path));
      return ownerOn(resource, side) ?? (before ? ownerOn(resource, 'before') : undefined);
    });
  }

  /** What an alarm watches, by the names in its dimensions. */
  watchedBy(alarm: Resource, side: Side): Resource[] {
    const dimensions = read(alarm, side, 'dimensions');
    const found = isRecord(dimensions)
      ? Object.entries(dimensions).flatMap(([name, value]) => {
          const type = DIMENSIONS[name];
          const text = textOf(value as Value);
          if (!type || !text) return [];
          const target = resourceOfTarget(this.find(text, side, [type], alarm, 'dimensions'));
          return target ? [target] : [];
        })
      : [];
    if (found.length > 0) return found;
    return side === 'after' ? this.referred(alarm, 'dimensions', Object.values(DIMENSIONS)) : [];
  }
}

const DIMENSIONS: Readonly<Record<string, string>> = {
  QueueName: 'aws_sqs_queue',
  FunctionName: 'aws_lambda_function',
  TopicName: 'aws_sns_topic',
  StreamName: 'aws_kinesis_stream',
  TableName: 'aws_dynamodb_table',
  Broker: 'aws_mq_broker',
  'Cluster Name': 'aws_msk_cluster',
  StateMachineArn: 'aws_sfn_state_machine',
  FileSystemId: 'aws_efs_file_system',
  RuleName: 'aws_cloudwatch_event_rule',
};
