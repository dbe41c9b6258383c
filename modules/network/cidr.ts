/** An IPv4 block, split. Computed at synthesis, because a plan that shows addresses can be reviewed and Terraform's own function can't be run locally. */
export interface Block {
  /** The first address, as a number. */
  readonly start: number;
  /** 0 to 32. */
  readonly prefix: number;
}

/** @returns undefined for anything that is not the first address of an IPv4 block, for example `10.0.0.1/16`. */
export function parseBlock(text: string): Block | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (!match) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, prefix = 0] = match.slice(1).map(Number);
  if ([a, b, c, d].some((octet) => octet > 255) || prefix > 32) return undefined;
  const start = ((a * 256 + b) * 256 + c) * 256 + d;
  return start % 2 ** (32 - prefix) === 0 ? { start, prefix } : undefined;
}

export function overlap(one: string, other: string): boolean {
  const [a, b] = [parseBlock(one), parseBlock(other)];
  if (!a || !b) return false;
  return a.start < b.start + 2 ** (32 - b.prefix) && b.start < a.start + 2 ** (32 - a.prefix);
}

/**
 * The `index`-th subnet of that prefix.
 *
 * @throws RangeError when the block has no such subnet
 */
export function subnet(text: string, prefix: number, index: number): string {
  const block = parseBlock(text);
  const count = block ? 2 ** (prefix - block.prefix) : 0;
  if (!block || prefix < block.prefix || prefix > 32 || index < 0 || index >= count) {
    throw new RangeError(`${text} has no /${prefix} number ${index}`);
  }
  const start = block.start + index * 2 ** (32 - prefix);
  return `${[24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256).join('.')}/${prefix}`;
}
