import { isDeepStrictEqual } from 'node:util';
import type { DeployedStack } from '../environment';
import { Configuration } from './configuration';
import { type DeployedResources, DeployedState } from './deployed-state';
import { attributeOf, type Reference, resolve } from './expressions';
import type { ClientSettings, Target } from './resource-type';
import { RESOURCE_TYPES } from './resource-types';
import { inOrder, matching, type SynthesizedResource, type SynthesizedStack } from './synthesized';

/** How many resources were touched, and how. */
export interface Changes {
  created: number;
  updated: number;
  deleted: number;
  unchanged: number;
}

/** Deploys synthesized stacks to an emulator: what is new is created, what differs is updated, what is gone is deleted. */
export class Deployer {
  readonly stacks = new Map<string, DeployedStack>();
  private readonly state: DeployedState;
  private readonly clients = new Map<string, object>();

  constructor(
    private readonly endpoint: string,
    private readonly variables: Readonly<Record<string, string>>,
  ) {
    this.state = new DeployedState(settings(endpoint, 'us-east-1'));
  }

  /**
   * @param stacks those that others need first
   * @param patterns a stack that was deployed before, matches one of these (`local-*`) and is no longer among `stacks` is deleted
   */
  async deploy(stacks: readonly SynthesizedStack[], patterns: readonly string[] = []): Promise<Changes> {
    refuseUnknownTypes(stacks);
    const changes: Changes = { created: 0, updated: 0, deleted: 0, unchanged: 0 };
    const matches = matching(patterns);
    const wanted = new Set(stacks.map(({ name }) => name));
    // First, because another stack may have taken over the names of what is in them.
    for (const name of await this.state.names()) {
      if (!wanted.has(name) && matches(name)) await this.deleteStack(name, changes);
    }
    for (const stack of stacks) await this.deployStack(stack, changes);
    return changes;
  }

  close(): void {
    this.state.close();
    for (const client of this.clients.values()) (client as { destroy?: () => void }).destroy?.();
  }

  private async deployStack(stack: SynthesizedStack, changes: Changes): Promise<void> {
    const deployed = await this.state.load(stack.name);
    const lookUp = (reference: Reference) => this.lookUp(stack, deployed, reference);
    try {
      await this.deleteGone(stack.name, stack.resources, deployed, changes);
      // Each as soon as what it needs is there.
      const started = new Map<string, Promise<void>>();
      for (const resource of stack.resources) {
        const needed = resource.dependsOn.flatMap((address) => started.get(address) ?? []);
        const apply = Promise.all(needed).then(() => this.apply(stack, resource, deployed, lookUp, changes));
        started.set(resource.address, apply);
      }
      const failed = (await Promise.allSettled(started.values())).filter((each) => each.status === 'rejected');
      if (failed[0]) throw failed[0].reason;
    } finally {
      await this.state.save(stack.name, deployed);
    }
    this.stacks.set(stack.name, {
      name: stack.name,
      outputs: resolve(stack.outputs, lookUp) as Record<string, string>,
      resources: new Map([...deployed].map(([address, { attributes }]) => [address, attributes])),
    });
  }

  private async deleteStack(name: string, changes: Changes): Promise<void> {
    const deployed = await this.state.load(name);
    try {
      await this.deleteGone(name, [], deployed, changes);
    } finally {
      await this.state.save(name, deployed);
    }
    await this.state.forget(name);
    this.stacks.delete(name);
  }

  private async deleteGone(
    stack: string,
    resources: readonly SynthesizedResource[],
    deployed: DeployedResources,
    changes: Changes,
  ): Promise<void> {
    const wanted = new Map(resources.map((resource) => [resource.address, resource]));
    const gone = [...deployed].filter(([address, { type }]) => wanted.get(address)?.type !== type);
    // What needs another goes before it.
    for (const [address, resource] of inOrder(
      gone,
      ([key]) => key,
      ([, { dependsOn }]) => dependsOn,
    ).reverse()) {
      await this.remove(stack, address, resource, deployed);
      changes.deleted += 1;
    }
  }

  private async remove(
    stack: string,
    address: string,
    { type, region, attributes }: Pick<SynthesizedResource, 'type' | 'region'> & { attributes: object },
    deployed: DeployedResources,
  ): Promise<void> {
    try {
      await resourceType(type).delete(attributes as Record<string, unknown>, this.target(region));
    } catch (error) {
      // Somebody else deleted it, or what it was part of.
      if (!/NotFound|NonExistent|DoesNotExist|NoSuchEntity/.test((error as Error).name))
        throw naming(stack, address, error);
    }
    deployed.delete(address);
  }

  private async apply(
    stack: SynthesizedStack,
    resource: SynthesizedResource,
    deployed: DeployedResources,
    lookUp: (reference: Reference) => unknown,
    changes: Changes,
  ): Promise<void> {
    const { address, type, region, ignoreChanges, dependsOn } = resource;
    const kind = resourceType(type);
    const target = this.target(region, stack.directory);
    try {
      const configuration = resolve(resource.configuration, lookUp) as Record<string, unknown>;
      const before = deployed.get(address);
      // As Terraform does: an ignored attribute counts when the resource is created and never again.
      if (before) for (const name of ignoreChanges) configuration[name] = before.configuration[name];
      if (before && isDeepStrictEqual(plain(configuration), before.configuration) && before.region === region) {
        changes.unchanged += 1;
        return;
      }
      const replace =
        before && (!kind.update || before.region !== region || differs(kind.identity, configuration, before));
      if (replace) await this.remove(stack.name, address, before, deployed);
      const sent = new Configuration(before && !replace ? without(configuration, ignoreChanges) : configuration);
      const attributes =
        before && !replace && kind.update
          ? await kind.update(sent, target, before.attributes)
          : await kind.create(sent, target);
      const unread = sent.unread();
      if (unread.length > 0) throw new Error(`local/deploy doesn't know its attribute ${unread.join(', ')}`);
      changes[before ? 'updated' : 'created'] += 1;
      deployed.set(address, { type, region, configuration: plain(configuration), attributes, dependsOn });
    } catch (error) {
      throw naming(stack.name, address, error);
    }
  }

  private lookUp(stack: SynthesizedStack, deployed: DeployedResources, reference: Reference): unknown {
    switch (reference.kind) {
      case 'variable': {
        const value = this.variables[reference.name] ?? stack.variables[reference.name]?.default;
        if (value === undefined) throw new Error(`the variable ${reference.name} has no value`);
        return value;
      }
      case 'local':
        return resolve(stack.locals[reference.name], (inner) => this.lookUp(stack, deployed, inner));
      case 'output': {
        const value = this.stacks.get(reference.stack)?.outputs[reference.name];
        if (value === undefined)
          throw new Error(`the stack ${reference.stack} is not deployed, but its output is used`);
        return value;
      }
      case 'resource': {
        const value = attributeOf(deployed.get(reference.address)?.attributes ?? {}, reference.attribute);
        if (value === undefined) throw new Error(`${reference.address} has no attribute ${reference.attribute} here`);
        return value;
      }
    }
  }

  private target(region: string, directory = ''): Target {
    return {
      endpoint: this.endpoint,
      region,
      directory,
      client: <T>(kind: new (given: ClientSettings) => T): T => {
        const key = `${kind.name} ${region}`;
        const known = this.clients.get(key) ?? (new kind(settings(this.endpoint, region)) as object);
        this.clients.set(key, known);
        return known as T;
      },
    };
  }
}

/** The emulator takes any credentials; these could never be an account's. */
export const settings = (endpoint: string, region: string): ClientSettings => ({
  endpoint,
  region,
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  maxAttempts: 2,
});

function refuseUnknownTypes(stacks: readonly SynthesizedStack[]): void {
  const unknown = stacks.flatMap(({ name, resources }) =>
    resources.filter(({ type }) => !RESOURCE_TYPES[type]).map(({ address }) => `${name}: ${address}`),
  );
  if (unknown.length === 0) return;
  throw new Error(
    `local/deploy doesn't know the type of ${unknown.length === 1 ? 'this resource' : 'these resources'}, so nothing was deployed:\n  ${unknown.join('\n  ')}`,
  );
}

function resourceType(type: string) {
  const found = RESOURCE_TYPES[type];
  if (!found) throw new Error(`local/deploy doesn't know the type ${type}`);
  return found;
}

const naming = (stack: string, address: string, error: unknown) => {
  const prefix = `${stack}: ${address}: `;
  const { message } = error as Error;
  return message.startsWith(`${stack}: `) ? error : new Error(`${prefix}${message}`, { cause: error });
};

/** As it comes back from storage, so that the two can be compared. */
const plain = (configuration: Record<string, unknown>) =>
  JSON.parse(JSON.stringify(configuration)) as Record<string, unknown>;

const without = (configuration: Record<string, unknown>, names: readonly string[]) =>
  Object.fromEntries(Object.entries(configuration).filter(([name]) => !names.includes(name)));

const differs = (
  names: readonly string[],
  configuration: Record<string, unknown>,
  before: { configuration: Readonly<Record<string, unknown>> },
) => names.some((name) => !isDeepStrictEqual(configuration[name], before.configuration[name]));
