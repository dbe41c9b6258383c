// `npm run bench`: measures, and writes docs/benchmarks.md. `npm run bench -- synthesis functions` measures some sections and leaves the others as they are.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { benchFunctions } from './functions';
import { benchSynthesis } from './synthesis';
import { benchTalk } from './talk';

const root = join(__dirname, '..', '..');
const file = join(root, 'docs', 'benchmarks.md');
const progress = (message: string) => console.error(`  ${message}`);

/** Name → title and what measures it; each gives Markdown, with ratios against a baseline of the same run. */
const SECTIONS: Record<string, { title: string; measure: () => Promise<string> }> = {
  synthesis: { title: 'Synthesis', measure: () => benchSynthesis(root) },
  functions: { title: 'Functions', measure: () => benchFunctions(root) },
  talk: { title: 'The talk: payment hangs, three orders', measure: () => benchTalk(300, progress) },
};

/** What the file says of a section now. */
function before(name: string): string | undefined {
  if (!existsSync(file)) return undefined;
  return readFileSync(file, 'utf8')
    .match(new RegExp(`<!-- ${name} -->\n([\\s\\S]*?)<!-- end -->`))?.[1]
    ?.trim();
}

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !(name in SECTIONS));
  if (unknown.length > 0)
    throw new Error(`no section "${unknown.join('", "')}"; there are ${Object.keys(SECTIONS).join(', ')}`);
  const sections: string[] = [];
  for (const [name, { title, measure }] of Object.entries(SECTIONS)) {
    const measured = wanted.length === 0 || wanted.includes(name);
    if (measured) console.error(`${title} …`);
    const date = new Date().toISOString().slice(0, 10);
    const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.version}`;
    const text = measured ? `## ${title}\n\n${await measure()}\n\nMeasured ${date} on ${machine}.` : before(name);
    if (text) sections.push(`<!-- ${name} -->\n${text}\n<!-- end -->`);
  }
  const head =
    '# Benchmarks\n\nWritten by `npm run bench`. Times depend on the machine; the ratios are what to look at.';
  writeFileSync(file, `${[head, ...sections].join('\n\n')}\n`);
  console.log(readFileSync(file, 'utf8'));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
