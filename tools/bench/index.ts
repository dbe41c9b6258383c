// `npm run bench`: measures, and writes docs/benchmarks.md. `npm run bench -- synthesis functions` measures some sections and leaves the others as they are.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { benchBreaker } from './breaker';
import { benchBrokers } from './brokers';
import { benchDesk } from './desk';
import { benchFunctions } from './functions';
import { benchReview } from './review';
import { benchStart } from './start';
import { benchSynthesis } from './synthesis';
import { benchTalk } from './talk';

const root = join(__dirname, '..', '..');
const file = join(root, 'docs', 'benchmarks.md');
const progress = (message: string) => console.error(`  ${message}`);

/** Name → title and what measures it; each gives Markdown, with ratios against a baseline of the same run. */
const SECTIONS: Record<string, { title: string; measure: () => Promise<string> }> = {
  start: { title: 'A cold start', measure: () => benchStart(root) },
  synthesis: { title: 'Synthesis', measure: () => benchSynthesis(root) },
  functions: { title: 'Functions', measure: () => benchFunctions(root) },
  talk: { title: 'The talk: payment hangs, three orders', measure: () => benchTalk(300, progress) },
  breaker: {
    title: 'Circuit breaker: payment hangs under steady orders',
    measure: () => benchBreaker({ outageSeconds: 300, ordersPerSecond: 6 }, progress),
  },
  brokers: { title: 'Brokers: the active one is killed', measure: benchBrokers },
  desk: {
    title: 'The dead-letter desk: 100,000 letters',
    measure: () => benchDesk({ letters: 100_000, mended: 10_000 }, progress),
  },
  review: { title: 'Review of a large plan', measure: () => benchReview(root) },
};

const HEAD = '# Benchmarks\n\nWritten by `npm run bench`. Times depend on the machine; the ratios are what to look at.';

/** The sections that the file has now, by name. */
function written(): Map<string, string> {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const sections = text.matchAll(/<!-- (\w+) -->\n([\s\S]*?)<!-- end -->/g);
  return new Map([...sections].map(([, name = '', section = '']) => [name, section.trim()]));
}

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !Object.hasOwn(SECTIONS, name));
  if (unknown.length > 0) {
    console.error(
      `npm run bench has no section "${unknown.join('", "')}"; there are ${Object.keys(SECTIONS).join(', ')}`,
    );
    process.exitCode = 2;
    return;
  }
  const sections = written();
  for (const [name, { title, measure }] of Object.entries(SECTIONS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    console.error(`${title} …`);
    const date = new Date().toISOString().slice(0, 10);
    const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.version}`;
    sections.set(name, `## ${title}\n\n${await measure()}\n\nMeasured ${date} on ${machine}.`);
    // After each section: one that fails, half an hour later, takes nothing with it.
    const texts = Object.keys(SECTIONS).flatMap((section) => {
      const text = sections.get(section);
      return text ? [`<!-- ${section} -->\n${text}\n<!-- end -->`] : [];
    });
    writeFileSync(file, `${[HEAD, ...texts].join('\n\n')}\n`);
  }
  console.log(readFileSync(file, 'utf8'));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
