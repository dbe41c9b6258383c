import type { Answer } from './decide';

interface Blocks {
  readonly import: readonly { readonly to: string; readonly id: string }[];
  readonly moved: readonly { readonly from: string; readonly to: string }[];
  /** For the configuration that the resources come from; within one state that is the same. */
  readonly removed: readonly { readonly from: string; readonly lifecycle: { readonly destroy: false } }[];
}

/** `removed` takes no index: it stands for all instances. Source: Terraform language, "removed block". */
const withoutIndex = (address: string) => address.replaceAll(/\[[^\]]*\]/g, '');

export function blocksOf({ takeovers, forgotten }: Answer): Blocks {
  return {
    import: takeovers.flatMap(({ planned, importId }) => (importId ? [{ to: planned.address, id: importId }] : [])),
    moved: takeovers
      .filter(({ existing }) => existing.from === 'same')
      .map(({ existing, planned }) => ({ from: existing.name, to: planned.address })),
    removed: [...new Set(forgotten.map(({ name }) => withoutIndex(name)))].map((from) => ({
      from,
      lifecycle: { destroy: false },
    })),
  };
}

type Kind = keyof Blocks;

/** Text of HCL: its own escapes are those of JSON, and a template begins with these two. */
const quoted = (text: string) => JSON.stringify(text).replaceAll(/[$%](?=\{)/g, (sign) => sign + sign);

const HCL: { readonly [Each in Kind]: (block: Blocks[Each][number]) => string } = {
  import: ({ to, id }) => `import {\n  to = ${to}\n  id = ${quoted(id)}\n}\n`,
  moved: ({ from, to }) => `moved {\n  from = ${from}\n  to   = ${to}\n}\n`,
  removed: ({ from }) => `removed {\n  from = ${from}\n  lifecycle {\n    destroy = false\n  }\n}\n`,
};

const isJson = (file: string) => file.endsWith('.json');

/** The blocks of some kinds, as a file of this name has them: Terraform's JSON, or HCL. */
export function written(blocks: Blocks, kinds: readonly Kind[], file: string): string {
  const some = kinds.filter((kind) => blocks[kind].length > 0);
  if (isJson(file)) return `${JSON.stringify(Object.fromEntries(some.map((kind) => [kind, blocks[kind]])), null, 2)}\n`;
  return some.flatMap((kind) => (blocks[kind] as never[]).map(HCL[kind] as (block: never) => string)).join('\n');
}
