import { TerraformStack, Testing } from 'cdktf';

type Attributes = Record<string, unknown>;

/** A synthesized stack, as tests ask it. */
export interface Synthesized {
  /** All resources of a type. */
  all(type: string): Attributes[];
  /** The one whose construct path ends so. @throws if there is none */
  one(type: string, path: string): Attributes;
  readonly json: { resource: Record<string, Record<string, Attributes>> };
}

/** Synthesizes a stack called `test`, as Terraform would read it. */
export function synthesized(build: (stack: TerraformStack) => void): Synthesized {
  const stack = new TerraformStack(Testing.app(), 'test');
  build(stack);
  const json = JSON.parse(Testing.synth(stack));
  const all = (type: string) => Object.values(json.resource?.[type] ?? {}) as Attributes[];
  return {
    json,
    all,
    one: (type, path) => {
      // A Terraform id is the construct's path with underscores, and a hash of it behind.
      const id = new RegExp(`(^|_)${path.replaceAll('/', '_')}(_[0-9A-F]{8})?$`);
      const found = Object.entries(json.resource?.[type] ?? {}).find(([name]) => id.test(name));
      if (!found) throw new Error(`no ${type} at …${path}`);
      return found[1] as Attributes;
    },
  };
}

interface Statement {
  readonly Action: string[];
  readonly Resource: string[];
}

/** What a function's role allows: `action on resource`, sorted. */
export function allowed(stack: Synthesized, path: string): string[] {
  const { policy } = stack.one('aws_iam_role_policy', path);
  const { Statement: statements } = JSON.parse(policy as string) as { Statement: Statement[] };
  return statements
    .flatMap(({ Action, Resource }) =>
      [Action].flat().flatMap((action) => [Resource].flat().map((resource) => `${action} on ${resource}`)),
    )
    .sort();
}
