import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PlanError } from '../plan/errors';
import { isRecord, parseJson } from '../plan/values';
import type { Draft, Rule } from '../rules/rule';
import { SEVERITIES } from '../rules/rule';
import { isSeverity, ruleOfData } from './data-rule';
import { idProblem, type OwnRule } from './own-rule';
import { vocabulary } from './vocabulary';

const CODE = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];

/** The rules of a file: a list of them as JSON, or a module whose default export, or `rules`, is one. */
export async function rulesOfFile(file: string): Promise<Rule[]> {
  const extension = extname(file);
  if (extension === '.json') return dataRules(jsonOf(file), file);
  if (!CODE.includes(extension))
    throw new PlanError(`${file}: rules are in a file that ends with .json, ${CODE.join(', ')}`);
  const found = await moduleOf(file, extension);
  if (!Array.isArray(found) || found.length === 0)
    throw new PlanError(`${file}: exports no rules; write \`export default [{ id: "team/…", … }]\``);
  return distinct(
    found.map((rule, index) => adopted(rule, file, index)),
    file,
  );
}

/** Rules that are written as data. */
export function dataRules(list: unknown, file: string): Rule[] {
  if (!Array.isArray(list)) throw new PlanError(`${file}: rules as data are a list, [{ "id": "team/…", … }]`);
  const rules = list.map((given, index) => {
    try {
      return adopted(ruleOfData(given), file, index);
    } catch (error) {
      throw error instanceof PlanError ? error : wrong(file, given, index, (error as Error).message);
    }
  });
  return distinct(rules, file);
}

/** A rule of one's own as one of the review's, which says of itself where it is from when it fails. */
export function adopted(given: unknown, file: string, index = 0): Rule {
  const problem = problemOf(given);
  if (problem) throw wrong(file, given, index, problem);
  const rule = given as OwnRule;
  const { id, severity, title, page, reads } = rule;
  const fails = (error: unknown) =>
    new PlanError(`${file}: rule ${id} fails on this plan: ${error instanceof Error ? error.message : String(error)}`);
  return {
    ...{ id, severity, title, page, reads, from: file },
    check(context) {
      try {
        const drafts = [...rule.check({ ...context, ...vocabulary(context.graph, reads) })];
        for (const draft of drafts) refuseDraft(draft);
        return drafts;
      } catch (error) {
        throw fails(error);
      }
    },
  };
}

function problemOf(given: unknown): string | undefined {
  if (!isRecord(given)) return 'it is no object with id, severity, title and check';
  const id = idProblem(given.id);
  if (id) return id;
  if (!isSeverity(given.severity))
    return `its severity is ${JSON.stringify(given.severity)}; there are ${SEVERITIES.join(', ')}`;
  if (typeof given.title !== 'string' || given.title === '') return 'it has no title: what goes wrong, in one line';
  if (typeof given.check !== 'function') return 'it has no check(context), which yields what it finds';
  const listed = (names: unknown) => Array.isArray(names) && names.every((name) => typeof name === 'string');
  if (given.reads !== undefined && !(isRecord(given.reads) && Object.values(given.reads).every(listed)))
    return "its reads is not like { aws_sqs_queue: ['tags'] }";
  return undefined;
}

function refuseDraft(draft: Draft): void {
  const given: Partial<Draft> = draft ?? {};
  if (typeof given.resource?.address !== 'string') throw new Error('a finding has no resource');
  for (const text of ['why', 'action'] as const)
    if (typeof given[text] !== 'string') throw new Error(`the finding at ${given.resource.address} has no ${text}`);
  if (given.severity !== undefined && !isSeverity(given.severity))
    throw new Error(`the finding at ${given.resource.address} has the severity ${JSON.stringify(given.severity)}`);
}

const wrong = (file: string, given: unknown, index: number, problem: string) => {
  const id = isRecord(given) && typeof given.id === 'string' ? given.id : `${index + 1} of the file`;
  return new PlanError(`${file}: rule ${id}: ${problem}`);
};

function distinct(rules: Rule[], file: string): Rule[] {
  const twice = rules.find(({ id }, index) => rules.findIndex((other) => other.id === id) < index);
  if (twice) throw new PlanError(`${file}: rule ${twice.id} is in it twice`);
  return rules;
}

function jsonOf(file: string): unknown {
  const content = parseJson(textOf(file));
  if (content === undefined) throw new PlanError(`${file}: not valid JSON`);
  return content;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new PlanError(`${file}: can't be read (${(error as Error).message})`);
  }
}

async function moduleOf(file: string, extension: string): Promise<unknown> {
  textOf(file);
  try {
    const loaded = extension.endsWith('ts') ? await typescript(file) : await imported(file);
    return rulesIn(loaded);
  } catch (error) {
    if (error instanceof PlanError) throw error;
    throw new PlanError(`${file}: can't be loaded: ${(error as Error).message}`);
  }
}

const imported = async (file: string): Promise<unknown> => import(pathToFileURL(resolve(file)).href);

/** CommonJS and what a compiler made of an ES module have their exports one level deeper. */
function rulesIn(loaded: unknown): unknown {
  if (Array.isArray(loaded)) return loaded;
  if (!isRecord(loaded)) return undefined;
  return loaded.rules ?? rulesIn(loaded.default);
}

/** By esbuild, where that is installed beside the file or beside the review; otherwise by Node itself, which strips types from 22.18 on. */
async function typescript(file: string): Promise<unknown> {
  const esbuild = compilerBeside(file) ?? compilerBeside(__filename);
  if (!esbuild) {
    if ((process.features as { typescript?: unknown }).typescript) return imported(file);
    throw new PlanError(
      `${file}: this Node (${process.version}) can't read TypeScript; use Node 22.18 or later, install esbuild beside the file, or compile it to JavaScript`,
    );
  }
  const { outputFiles } = await esbuild.build({
    ...{ entryPoints: [resolve(file)], write: false, bundle: true, packages: 'external' },
    ...{ platform: 'node', target: 'node20', format: 'cjs', logLevel: 'silent' },
  });
  const compiled = { exports: {} };
  const run = new Function('module', 'exports', 'require', outputFiles[0]?.text ?? '');
  run(compiled, compiled.exports, createRequire(resolve(file)));
  return compiled.exports;
}

interface Compiler {
  build(options: object): Promise<{ outputFiles: { text: string }[] }>;
}

function compilerBeside(file: string): Compiler | undefined {
  try {
    return createRequire(resolve(file))('esbuild') as Compiler;
  } catch {
    return undefined;
  }
}
