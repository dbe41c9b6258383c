import type { Configuration } from './configuration';

export type Attributes = Readonly<Record<string, unknown>>;

/** Where a resource is deployed to. */
export interface Target {
  readonly endpoint: string;
  readonly region: string;
  /** The stack's folder: relative paths start there. */
  readonly directory: string;
  /** A client of this region; one of each kind is kept. */
  client<T>(kind: new (settings: ClientSettings) => T): T;
}

export interface ClientSettings {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly maxAttempts: number;
}

/** How one type of Terraform resource is deployed. */
export interface ResourceType {
  /** A change of one of these makes it another resource: it is deleted and created anew. */
  readonly identity: readonly string[];
  /** @returns the attributes that others may refer to, by Terraform's names */
  create(configuration: Configuration, target: Target): Promise<Attributes>;
  /**
   * Brings it in line. Attributes under `ignore_changes` are not in the configuration, and what isn't there is left as it is. A type
   * without this is replaced.
   */
  update?(configuration: Configuration, target: Target, deployed: Attributes): Promise<Attributes>;
  delete(deployed: Attributes, target: Target): Promise<void>;
}

/** A type that is created and changed by the same request. */
export function put(
  identity: readonly string[],
  apply: (configuration: Configuration, target: Target) => Promise<Attributes>,
  remove: ResourceType['delete'],
): ResourceType {
  return { identity, create: apply, update: apply, delete: remove };
}
