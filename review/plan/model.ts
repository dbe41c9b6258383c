import type { Attributes } from './values';

/** What the plan does with one resource. A replacement is one thing, not a destroy and a create. */
export type Action = 'create' | 'update' | 'replace' | 'destroy' | 'forget' | 'read' | 'nothing';

/** An expression as `configuration` shows it: a constant, or the things it refers to, or blocks of expressions. */
export type Expression = { constant_value?: unknown; references?: string[] } | Expressions | Expressions[];
export type Expressions = { [name: string]: Expression };

export interface Resource<T extends string = string> {
  readonly address: string;
  /** Address of the module instance, '' for the root: `module.queues["eu"]`. */
  readonly module: string;
  readonly type: T;
  readonly name: string;
  readonly index: string | number | undefined;
  readonly action: Action;
  /** A replacement that makes the new one before it destroys the old one. */
  readonly createFirst: boolean;
  readonly before: Attributes | null;
  readonly after: Attributes | null;
  readonly replacePaths: readonly string[];
  readonly reason: string | undefined;
  readonly previousAddress: string | undefined;
  readonly imported: boolean;
  readonly deferred: boolean;
  /** Attributes that hold a sensitive value and change: their names are all that is kept of them. */
  readonly changedSecrets: readonly string[];
  /** Attributes that hold a sensitive value and are not wholly known before the apply. */
  readonly unknownSecrets: readonly string[];
}

/** A resource block of the configuration: one for all instances of count and for_each. */
export interface ResourceBlock {
  readonly expressions: Expressions;
  readonly each: readonly string[];
  /** Key of its provider's configuration: `aws`, `aws.eu`, `module.shop:aws`. */
  readonly provider: string | undefined;
}

export interface ModuleCall {
  readonly source: string;
  readonly expressions: Expressions;
}

export type ByName<T> = ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, T>>>;

export interface Configuration {
  /** Module path → type → name → its block. A module path has no indices: `queues.inner`. */
  readonly blocks: ByName<ResourceBlock>;
  readonly calls: ReadonlyMap<string, ModuleCall>;
  /** `module path|output` → what the output refers to. */
  readonly outputs: ReadonlyMap<string, readonly string[]>;
  /** Provider key → its region, where that is written as a constant. */
  readonly providerRegions: ReadonlyMap<string, string>;
  readonly present: boolean;
}

export interface Drift {
  readonly address: string;
  readonly type: string;
  readonly kind: 'update' | 'destroy';
  readonly before: Attributes | null;
  readonly after: Attributes | null;
}

export interface FailedCheck {
  readonly address: string;
  /** `check` for a check block, which only warns; anything else stops Terraform when its condition does not hold. */
  readonly kind: string;
  readonly status: string;
}

/** What the apply runs beside changing resources: an `action` of Terraform 1.14. */
export interface ActionInvocation {
  readonly address: string;
  readonly type: string;
  /** What it is done to, where its configuration says so and nobody calls that sensitive: a function, a topic, a bus. */
  readonly target: string | undefined;
  /** `after update of aws_sns_topic.events`; undefined where `-invoke` asked for it. */
  readonly trigger: string | undefined;
}

export interface Plan {
  readonly stack: string;
  readonly formatVersion: string;
  readonly terraformVersion: string | undefined;
  readonly errored: boolean;
  readonly complete: boolean;
  readonly resources: readonly Resource[];
  readonly drift: readonly Drift[];
  readonly failedChecks: readonly FailedCheck[];
  readonly invocations: readonly ActionInvocation[];
  readonly configuration: Configuration;
  /** The account that the providers certainly work in; undefined while nobody says so. */
  readonly account: string | undefined;
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
  /** Sensitive strings of the plan, so that a report can be cleaned of them should one be repeated elsewhere. Never printed. */
  readonly secrets: ReadonlySet<string>;
  /** What was odd about the file itself, for the report. */
  readonly readingNotes: readonly string[];
}
