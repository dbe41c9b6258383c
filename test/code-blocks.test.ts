import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '..');

interface Block {
  readonly page: string;
  readonly language: string;
  readonly code: string;
}

const pages = [
  'README.md',
  ...['docs', 'modules'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.md'))
      .map((file) => join(folder, file)),
  ),
];
const blocks: readonly Block[] = pages.flatMap((page) =>
  [...readFileSync(join(ROOT, page), 'utf8').matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)].map(
    ([, language = '', code = '']) => ({ page, language, code }),
  ),
);
const isCode = ({ language }: Block) => language === 'ts' || language === 'js';

/** Pages whose code is run whole, by tests of these names; own-rules shows an example, which test/review/own-rules.test.ts runs. */
const PLAYED = /^docs\/(adopting|first-consumer|migrating|own-rules|streams)\.md$/;
/** The first block of a module's README is compiled and synthesized by test/modules/examples.test.ts. */
const isExample = (block: Block) =>
  block.page.startsWith('modules/') && block === blocks.find((each) => isCode(each) && each.page === block.page);

/** Page of a fragment → what its reader has above it. */
const PRELUDES: Readonly<Record<string, string>> = {
  'README.md': `
import { consumer, expectOk } from 'spillway/runtime';
import { invoices } from '${ROOT}/examples/invoices/contract';
`,
  'docs/adding-a-source.md': `
import type { Message } from '${ROOT}/functions/runtime/message';
import { goingOn } from '${ROOT}/functions/runtime/sources/going-on';
import type { Source } from '${ROOT}/functions/runtime/sources/source';
interface Records { readonly records: Readonly<Record<string, readonly object[]>> }
declare const isKafka: (event: unknown) => event is Records;
declare const messageOf: (record: object) => Message;
`,
  'modules/circuit-breaker/README.md': `
import { protect } from 'spillway/runtime';
type Answer = { readonly status: number };
declare const askPayment: (order: { readonly orderId: string }) => Promise<Answer>;
declare const isFailure: (answer: Answer) => boolean;
declare const whenOpen: (retryAfterSeconds: number) => Answer;
declare const environment: NodeJS.ProcessEnv & { BREAKER_NAME?: string; BREAKER_TABLE?: string; BREAKER_DEPENDENCIES?: string };
declare const log: Parameters<typeof protect>[4];
`,
};

test('every fragment compiles, below what its reader has above it', () => {
  const fragments = blocks.filter((block) => isCode(block) && !PLAYED.test(block.page) && !isExample(block));
  expect(fragments.map(({ page }) => page).sort()).toEqual(Object.keys(PRELUDES).sort());
  mkdirSync(join(ROOT, '.spillway'), { recursive: true });
  // Below the project, so that packages are found as a reader's are.
  const folder = mkdtempSync(join(ROOT, '.spillway', 'fragments-'));
  try {
    const files = fragments.map(({ page, code }, index) => {
      const file = join(folder, `${index}-${page.replaceAll('/', '-')}.ts`);
      writeFileSync(file, `${PRELUDES[page]}${code}\nexport {};\n`);
      return file;
    });
    const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
    const program = ts.createProgram(files, { ...options, noUnusedLocals: false });
    const problems = files
      .flatMap((file) => ts.getPreEmitDiagnostics(program, program.getSourceFile(file)))
      .map(
        ({ messageText, file }) =>
          `${file?.fileName.slice(folder.length)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
      );
    expect(problems).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** Language → where else its blocks are tried: a page that isn't there needs a test of its own. */
const TRIED_ELSEWHERE: Readonly<Record<string, RegExp>> = {
  // The example that is written beside the module: test/tools/terraform-modules.test.ts.
  hcl: /^docs\/terraform-modules\.md$/,
  // Recipes of the review, for tools that are not here: test/review/recipes.test.ts.
  rego: /^docs\/plan-review\.md$/,
  yaml: /^docs\/plan-review\.md$/,
};

test('every block is in a language that is tried', () => {
  const untried = blocks.filter(
    ({ page, language }) =>
      !['', 'js', 'json', 'sh', 'ts'].includes(language) && !TRIED_ELSEWHERE[language]?.test(page),
  );
  expect(untried.map(({ page, language }) => `${page}: ${language}`)).toEqual([]);
});

const isJson = (code: string): boolean => {
  try {
    JSON.parse(code);
    return true;
  } catch {
    return false;
  }
};

test('every block of JSON is JSON', () => {
  const found = blocks.filter(({ language }) => language === 'json');
  expect(found.length).toBeGreaterThan(100);
  expect(found.filter(({ code }) => !isJson(code))).toEqual([]);
});

test('every command of ours in a block is one that there is', () => {
  const cli = readdirSync(join(ROOT, 'cli'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(ROOT, 'cli', file), 'utf8'))
    .join('\n');
  const named = blocks
    .filter(({ language }) => language === '' || language === 'sh')
    .flatMap(({ page, code }) =>
      [...code.matchAll(/(?:npx --no-install |npx )spillway ([a-z][a-z-]*)/g)].map(([, command = '']) => ({
        page,
        command,
      })),
    );
  expect(named.length).toBeGreaterThan(10);
  const unknown = named.filter(
    ({ command }) => !new RegExp(`['"\`]?${command}['"\`]?:|['"\`]${command}['"\`]`).test(cli),
  );
  expect(unknown).toEqual([]);
});
