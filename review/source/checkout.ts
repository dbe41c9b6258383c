import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { blockOf } from '../plan/address';
import type { Configuration } from '../plan/model';
import { isRecord, parseJson } from '../plan/values';

/** Where something is written: a file, relative to the working directory, and a line from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** A checkout of the configuration that was planned: a plan itself names no file and no line. */
export class Checkout {
  private readonly modules: ReadonlyMap<string, string>;
  private readonly declared = new Map<string, ReadonlyMap<string, Place>>();

  constructor(
    private readonly directory: string,
    private readonly configuration: Configuration,
  ) {
    this.modules = installedModules(directory);
  }

  placeOf(address: string): Place | undefined {
    const [, path = '', block] = /^((?:module\.[^.]+\.)*)([^.]+\.[^.]+)$/.exec(blockOf(address)) ?? [];
    if (block === undefined) return undefined;
    const module = path.replaceAll('module.', '').replace(/\.$/, '');
    const directory = this.directoryOf(module);
    return directory === undefined ? undefined : this.declarations(directory).get(block);
  }

  /** Of a module path like `shop.queues`: beside its caller, or where `terraform init` put it. */
  private directoryOf(module: string): string | undefined {
    if (module === '') return this.directory;
    const installed = this.modules.get(module);
    if (installed !== undefined) return join(this.directory, installed);
    const source = this.configuration.calls.get(module)?.source ?? '';
    if (!/^\.\.?\//.test(source)) return undefined;
    const caller = this.directoryOf(module.split('.').slice(0, -1).join('.'));
    return caller === undefined ? undefined : join(caller, source);
  }

  private declarations(directory: string): ReadonlyMap<string, Place> {
    const known = this.declared.get(directory);
    if (known) return known;
    const places = new Map<string, Place>();
    for (const name of existsSync(directory) ? readdirSync(directory).sort() : []) {
      if (!/\.(tf|tofu)(\.json)?$/.test(name)) continue;
      const path = join(directory, name);
      const text = readFileSync(path, 'utf8');
      const file = relative('.', path).replaceAll('\\', '/');
      for (const [block, line] of name.endsWith('.json') ? blocksOfJson(text) : blocksOf(text))
        places.set(block, { file, line });
    }
    this.declared.set(directory, places);
    return places;
  }
}

/** `terraform init` lists where each module is, those of a registry included. */
function installedModules(directory: string): Map<string, string> {
  const path = join(directory, '.terraform', 'modules', 'modules.json');
  const json = existsSync(path) ? parseJson(readFileSync(path, 'utf8')) : undefined;
  const entries = isRecord(json) && Array.isArray(json.Modules) ? json.Modules.filter(isRecord) : [];
  return new Map(entries.map(({ Key, Dir }) => [String(Key), String(Dir)]));
}

/** `type.name` and line of each resource block. What stands in a heredoc or a comment declares nothing. */
function blocksOf(text: string): [string, number][] {
  const found: [string, number][] = [];
  let until: RegExp | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    if (until) {
      if (until.test(line)) until = undefined;
      continue;
    }
    const [, type, name] = /^\s*resource\s+"?([\w-]+)"?\s+"?([\w-]+)"?/.exec(line) ?? [];
    if (type) found.push([`${type}.${name}`, index + 1]);
    const [, word] = /<<-?\s*"?(\w+)"?\s*$/.exec(line) ?? [];
    if (word) until = new RegExp(`^\\s*${word}\\b`);
    else if (/^\s*\/\*(?!.*\*\/)/.test(line)) until = /\*\//;
  }
  return found;
}

/** The same of JSON, as CDKTF writes it: the names follow each other in the text as they do in the document. */
function blocksOfJson(text: string): [string, number][] {
  const document = parseJson(text);
  const resources = isRecord(document) && isRecord(document.resource) ? document.resource : {};
  const after = (name: string, from: number) => {
    const match = new RegExp(`"${name.replace(/[^\w-]/g, '\\$&')}"\\s*:\\s*[{[]`, 'g');
    match.lastIndex = from;
    return match.exec(text)?.index ?? text.length;
  };
  const root = after('resource', 0);
  return Object.entries(resources).flatMap(([type, blocks]) => {
    const start = after(type, root);
    return Object.keys(isRecord(blocks) ? blocks : {}).map((name): [string, number] => [
      `${type}.${name}`,
      text.slice(0, after(name, start)).split('\n').length,
    ]);
  });
}
