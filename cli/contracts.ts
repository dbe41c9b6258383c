import { existsSync, readFileSync } from 'node:fs';
import Module from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import type { AnyConsumerContract } from '../functions/runtime/contract';

/** Consumers' contracts by their names. */
export type Contracts = ReadonlyMap<string, AnyConsumerContract>;

/**
 * The contracts that files export, TypeScript or JavaScript.
 *
 * @param files default: those that `spillway.contracts` of the nearest package.json names, from its folder
 * @throws Error that names the file, and what is wrong with it
 */
export function loadContracts(files: readonly string[], folder = process.cwd()): Contracts {
  const paths = files.length > 0 ? files.map((file) => resolve(folder, file)) : named(folder);
  return new Map(paths.flatMap((path) => contractsIn(path).map((contract) => [contract.name, contract] as const)));
}

/** What the nearest package.json names. */
function named(folder: string): string[] {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return dirname(folder) === folder ? [] : named(dirname(folder));
  const { spillway } = JSON.parse(readFileSync(file, 'utf8')) as { spillway?: { contracts?: unknown } };
  const contracts = spillway?.contracts ?? [];
  if (!Array.isArray(contracts) || !contracts.every((one) => typeof one === 'string'))
    throw new Error(`${file}: spillway.contracts takes a list of paths, for example ["invoices/contract.ts"]`);
  return contracts.map((path) => resolve(folder, path));
}

function contractsIn(path: string): AnyConsumerContract[] {
  if (!existsSync(path)) throw new Error(`${path} is not there; a contract is a file that exports defineConsumer(…)`);
  let exported: unknown;
  try {
    exported = evaluate(path);
  } catch (error) {
    throw new Error(
      `${path} can't be read as a contract: ${(error as Error).message.split('\n').slice(0, 2).join(' ')}`,
    );
  }
  const contracts = Object.values(exported as object).filter(isContract);
  if (contracts.length === 0) throw new Error(`${path} exports no consumer's contract: defineConsumer(…)`);
  return contracts;
}

/** A contract is a file of a project: what it imports is found from where it lies. */
function evaluate(path: string): unknown {
  const { outputFiles } = buildSync({
    ...{ entryPoints: [path], bundle: true, write: false, platform: 'node', format: 'cjs', logLevel: 'silent' },
    mainFields: ['module', 'main'],
  });
  const contract = new Module(path);
  contract.filename = path;
  (contract as unknown as { _compile(code: string, path: string): void })._compile(outputFiles[0]?.text ?? '', path);
  return contract.exports;
}

const isContract = (value: unknown): value is AnyConsumerContract => {
  if (value === null || typeof value !== 'object') return false;
  const { name, id, message } = value as Partial<AnyConsumerContract>;
  return typeof name === 'string' && id !== undefined && typeof message === 'object' && '~standard' in message;
};
