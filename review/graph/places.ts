import type { Configuration, Resource } from '../plan/model';
import { ownPlace } from '../plan/owner';
import { remembered } from '../plan/remembered';
import { textOf } from '../plan/values';
import type { References } from './references';

interface Place {
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly provider: string | undefined;
}

/** One name for all regions. */
const GLOBAL = /^aws_(iam_|s3_bucket$)/;
/** In which account and region a resource is: by its own ARN, its `region` (AWS provider 6) or its provider's. */
export class Places {
  private readonly known = new Map<Resource, Place>();
  private readonly global = new Map<string, boolean>();
  private used: ReadonlySet<string> | undefined;

  constructor(
    private readonly configuration: Configuration,
    private readonly references: References,
  ) {}

  /** Certainly in different accounts or regions. What is global, like IAM, is apart from no region. */
  apart(a: Resource, b: Resource): boolean {
    const [one, other] = [this.of(a), this.of(b)];
    return differ(one.account, other.account) || differ(one.region, other.region);
  }

  /** Its provider is one of several, and only the apply will tell its region. */
  mayBeAnywhere(resource: Resource): boolean {
    const { provider, region } = this.of(resource);
    return provider !== undefined && region === undefined && !GLOBAL.test(resource.type) && this.providers().size > 1;
  }

  /** By their names: one that a module was not given by another name is its parent's. */
  private providers(): ReadonlySet<string> {
    if (this.used) return this.used;
    const { blocks, providerRegions } = this.configuration;
    const ofBlocks = [...blocks.values()].flatMap((types) =>
      [...types].flatMap(([type, named]) =>
        type.startsWith('aws_') ? [...named.values()].flatMap(({ provider }) => provider ?? []) : [],
      ),
    );
    this.used = new Set([...ofBlocks, ...providerRegions.keys()].map((key) => key.slice(key.indexOf(':') + 1)));
    return this.used;
  }

  sameProvider(a: Resource, b: Resource): boolean {
    const [one, other] = [this.of(a), this.of(b)];
    return one.provider !== undefined && one.provider === other.provider;
  }

  private of(resource: Resource): Place {
    return remembered(this.known, resource, () => this.placeOf(resource));
  }

  private placeOf(resource: Resource): Place {
    const own = (name: string) => textOf(resource.before?.[name]) ?? textOf(resource.after?.[name]);
    const byArn = ownPlace(resource.type, own('arn')) ?? ownPlace(resource.type, own('function_arn'));
    const provider = this.references.block(resource)?.provider;
    const configured = provider === undefined ? undefined : this.configuration.providerRegions.get(provider);
    return {
      account: byArn?.account,
      region: remembered(this.global, resource.type, () => GLOBAL.test(resource.type))
        ? undefined
        : (byArn?.region ?? own('region') ?? configured),
      provider,
    };
  }
}

const differ = (a: string | undefined, b: string | undefined) => a !== undefined && b !== undefined && a !== b;
