import { type TerraformStack, Testing } from 'cdktf';
import { addStacks, ENVIRONMENTS } from '../../environments';

export type Attributes = Record<string, unknown>;

/** A stack as Terraform would read it. */
export interface Stack {
  readonly name: string;
  readonly resource: Readonly<Record<string, Readonly<Record<string, Attributes>>>>;
  readonly data: Readonly<Record<string, Readonly<Record<string, Attributes>>>>;
  readonly output: Readonly<Record<string, { readonly value: unknown }>>;
  readonly terraform: { readonly backend: Readonly<Record<string, Attributes>> };
  readonly provider: { readonly aws: readonly Attributes[] };
}

/** Every stack of every environment. */
export function everyStack(): readonly Stack[] {
  return Object.values(ENVIRONMENTS).flatMap((settings) => {
    const app = Testing.app();
    addStacks(app, settings);
    const stacks = app.node.children.filter((child): child is TerraformStack => 'dependencies' in child);
    // All of them first: what one refers to becomes an output of another.
    for (const stack of stacks) stack.prepareStack();
    return stacks.map((stack) => ({
      ...{ name: stack.node.id, resource: {}, data: {}, output: {} },
      ...(JSON.parse(JSON.stringify(stack.toTerraform())) as Omit<Stack, 'name'>),
    }));
  });
}

/** All resources of a type, with their ids. */
export const resources = (stack: Stack, type: string): readonly (readonly [string, Attributes])[] =>
  Object.entries(stack.resource[type] ?? {});

/** Whether a stack is deployed to the emulator: `npm start` has these, and no account. */
export const isOnEmulator = (name = ''): boolean => ENVIRONMENTS[name.split('-')[0] ?? '']?.state.kind === 'local';
