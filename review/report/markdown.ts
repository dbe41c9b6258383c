import { PRICES_AS_OF, PRICES_REGION } from '../cost/prices';
import { ASSUMED, type Estimate } from '../outage/consumers';
import { dollars, group, plural, seconds } from '../plan/format';
import { type Finding, SEVERITIES, type Severity } from '../rules/rule';
import { type Review, worst } from './review';
import { visible, visibleLines } from './visible';

/** GitHub refuses a comment of more than 65,536 characters; some of it is left for the sentence that says what was cut and for a workflow's own marker. */
export const COMMENT_LIMIT = 65_536;
const ROOM_FOR_CUTS = 1000;
const WORST_SHOWN = 15;

/** By this line a workflow finds its own comment again, to update it in place. */
export const COMMENT_MARKER = '<!-- spillway-review -->';

const SIGNS: Record<Severity, string> = { critical: '🛑', high: '🔴', medium: '🟠', low: '🟡', info: 'ℹ️' };

/** A piece of the report that is kept or cut whole. The higher the rank, the earlier it goes. */
interface Block {
  readonly text: string;
  readonly rank: number;
  /** What it is called when it is cut, one of them and several. */
  readonly what: readonly [one: string, several: string];
}
interface Section {
  /** Stays when all its blocks are cut. */
  readonly always?: true;
  readonly open: string;
  readonly blocks: readonly Block[];
  readonly close: string;
}

export interface MarkdownOptions {
  readonly limit?: number;
  readonly docs?: string | undefined;
}

export function markdown(
  reviews: readonly Review[],
  policyNotes: readonly string[],
  options: MarkdownOptions = {},
): string {
  const limit = (options.limit ?? COMMENT_LIMIT) - ROOM_FOR_CUTS;
  const sections = [
    header(reviews),
    worstFindings(reviews, options.docs),
    policySection(policyNotes),
    ...reviews.flatMap((review) => details(review, options.docs)),
  ];
  const blocks = sections.flatMap((section) => section.blocks);
  const kept = new Set(blocks);
  const cut = new Map<string, { several: string; count: number }>();
  const render = () =>
    sections
      .filter((section) => section.always || section.blocks.some((block) => kept.has(block)))
      .map(
        (section) =>
          `${section.open}${section.blocks
            .filter((block) => kept.has(block))
            .map(({ text }) => text)
            .join('')}${section.close}`,
      )
      .join('\n');
  const leastFirst = [...blocks].reverse().sort((a, b) => b.rank - a.rank);
  let text = render();
  let size = text.length;
  for (const block of leastFirst) {
    if (size <= limit) break;
    kept.delete(block);
    const [one, several] = block.what;
    cut.set(one, { several, count: (cut.get(one)?.count ?? 0) + 1 });
    size -= block.text.length;
    if (size <= limit) {
      text = render();
      size = text.length;
    }
  }
  if (cut.size === 0) return `${COMMENT_MARKER}\n${text}\n`;
  const said = [...cut].map(([one, { several, count }]) => `${group(count)} ${count === 1 ? one : several}`).join(', ');
  return `${COMMENT_MARKER}\n${render()}\n> ✂️ Cut to fit a comment: ${said}. \`spillway review\` without \`--format markdown\` prints the whole report.\n`;
}

function header(reviews: readonly Review[]): Section {
  const severity = worst(reviews);
  const all = reviews.flatMap(({ findings }) => findings);
  const hidden = tally(reviews.flatMap(({ suppressed }) => suppressed.map(({ finding }) => finding)));
  const calm = severity === undefined || severity === 'info';
  const said = calm
    ? `${hidden ? '⚠️ Plan review: nothing open' : '✅ Plan review: nothing to worry about'}`
    : `${SIGNS[severity]} Plan review: ${tally(all)}`;
  const title = hidden ? `${said}; the policy hides ${hidden}` : said;
  const cells = (review: Review) => {
    const { counts } = review;
    const other = [
      [counts.forget, 'forgotten'],
      [counts.moved, 'moved'],
      [counts.imported, 'imported'],
    ].filter(([count]) => Number(count) > 0);
    return [
      `**${safe(review.stack)}**`,
      review.accounts.map(safe).join(', ') || 'not known yet',
      review.regions.map(safe).join(', ') || 'not known yet',
      String(counts.create),
      String(counts.update),
      counts.replace > 0 ? `**${counts.replace}**` : '0',
      counts.destroy > 0 ? `**${counts.destroy}**` : '0',
      other.map(([count, what]) => `${count} ${what}`).join(', ') || '–',
      tally(review.findings) || 'none',
    ];
  };
  return {
    always: true,
    open: `## ${title}\n\n| stack | account | region | create | change | replace | destroy | other | findings |\n|---|---|---|--:|--:|--:|--:|---|---|\n`,
    blocks: reviews.map((review) => ({
      text: `| ${cells(review).join(' | ')} |\n`,
      rank: 0,
      what: ['stack', 'stacks'],
    })),
    close: '',
  };
}

function tally(findings: readonly Finding[]): string {
  return SEVERITIES.map(
    (severity) => [findings.filter((finding) => finding.severity === severity).length, severity] as const,
  )
    .filter(([count]) => count > 0)
    .map(([count, severity]) => `${count} ${severity}`)
    .join(', ');
}

function worstFindings(reviews: readonly Review[], docs: string | undefined): Section {
  const several = reviews.length > 1;
  const rows = SEVERITIES.slice(0, 3).flatMap((severity) =>
    reviews.flatMap((review) =>
      review.findings.filter((finding) => finding.severity === severity).map((finding) => ({ review, finding })),
    ),
  );
  const shown = rows.slice(0, WORST_SHOWN);
  const more = rows.length > shown.length ? `\n…and ${rows.length - shown.length} more below.\n` : '';
  return {
    open: `\n| | what | where | before → after |\n|---|---|---|---|\n`,
    blocks: shown.map(({ review, finding }) => ({
      text: `| ${SIGNS[finding.severity]} ${finding.severity} | ${safe(finding.title)} (${ruleLink(finding.rule, docs)}) | ${several ? `${safe(review.stack)}: ` : ''}${code(finding.address)} | ${change(finding)} |\n`,
      rank: 1,
      what: ['row of the worst findings', 'rows of the worst findings'],
    })),
    close: more,
  };
}

function policySection(policyNotes: readonly string[]): Section {
  return {
    open: '\n',
    blocks: policyNotes.map((note) => ({
      text: `- ⚖️ Policy: ${safe(note)}\n`,
      rank: 1,
      what: ['note on the policy', 'notes on the policy'],
    })),
    close: '',
  };
}

function details(review: Review, docs: string | undefined): Section[] {
  const fold = (title: string, blocks: readonly Block[]): Section => ({
    open: `\n<details><summary>${safe(title)}</summary>\n\n`,
    blocks,
    close: '\n</details>\n',
  });
  return [
    fold(
      `${review.stack}: ${plural(review.findings.length, 'finding')} in detail`,
      review.findings.map((finding) => ({
        text: `#### ${SIGNS[finding.severity]} ${safe(finding.title)}\n${code(finding.address)} · ${finding.severity} · ${ruleLink(finding.rule, docs)}\n\n${change(finding)}\n\n${prose(finding.why)}\n\n**What to do:** ${prose(finding.action)}\n\n`,
        rank: 10 + SEVERITIES.indexOf(finding.severity),
        what: [`${finding.severity} finding in detail`, `${finding.severity} findings in detail`],
      })),
    ),
    fold(
      `${review.stack}: the messages' way, with what changes`,
      review.picture
        ? [
            {
              text: `\`\`\`mermaid\n${review.picture}\n\`\`\`\n\n+ created, ~ changed, ± replaced, − destroyed\n`,
              rank: 20,
              what: ['picture', 'pictures'],
            },
          ]
        : [],
    ),
    fold(`${review.stack}: what an outage would cost now`, outageBlocks(review)),
    fold(
      `${review.stack}: monthly cost ${dollars(review.cost.before)} → ${dollars(review.cost.after)} of what changes`,
      costBlocks(review),
    ),
    fold(
      `${review.stack}: ${plural(review.suppressed.length, 'suppressed finding')}`,
      review.suppressed.map(({ finding, by }) => ({
        text: `- ${finding.severity} ${finding.rule} at ${code(finding.address)}: ${safe(by.reason)} (until ${safe(by.expires)})\n`,
        rank: 18,
        what: ['suppressed finding', 'suppressed findings'],
      })),
    ),
    {
      open: '\n',
      blocks: review.notes.map((note) => ({
        text: `> ${safe(review.stack)}: ${safe(note)}\n`,
        rank: 5,
        what: ['note', 'notes'],
      })),
      close: '',
    },
  ];
}

function outageBlocks(review: Review): Block[] {
  if (review.outages.length === 0) return [];
  const rows = review.outages.map(({ queue, function: fn, before, after }): Block => {
    const row = (what: string, say: (estimate: Estimate) => string) => `| ${what} | ${say(before)} | ${say(after)} |\n`;
    return {
      text:
        `${code(queue)} → ${code(fn)}\n\n| | before | after |\n|---|---|---|\n` +
        row('settings', ({ settings }) => safe(settings)) +
        row(
          'wasted compute',
          ({ wastedSeconds, dollars: cost }) => `${group(wastedSeconds)} Lambda-seconds (${dollars(cost)})`,
        ) +
        row(
          'receives',
          ({ receives }) =>
            `${group(receives)} messages (${group((100 * receives) / (ASSUMED.messagesPerSecond * ASSUMED.outageSeconds))} % of what arrives)`,
        ) +
        row('dead letters', ({ deadLetters }) => group(deadLetters)) +
        row('recovered after', ({ recoverySeconds }) =>
          recoverySeconds === undefined ? 'never at this load' : seconds(recoverySeconds),
        ) +
        '\n',
      rank: 16,
      what: ['outage estimate', 'outage estimates'],
    };
  });
  const assumptions = `A model, not a forecast: the dependency is away for ${seconds(ASSUMED.outageSeconds)}, ${ASSUMED.messagesPerSecond} messages a second arrive, every call hangs until the function's time-out; healthy again a batch takes 1 s and dead letters come back at 500 a second.\n`;
  return [...rows, { text: assumptions, rank: 16, what: ['note on the model', 'notes on the model'] }];
}

function costBlocks(review: Review): Block[] {
  const { items, unpriced, unknown } = review.cost;
  if (items.length + unpriced.length + unknown.length === 0) return [];
  const rows = items.map(
    (item) => `| ${code(item.address)} | ${dollars(item.before)} | ${dollars(item.after)} | ${safe(item.basis)} |\n`,
  );
  const missing = [
    ['Not in the price table', unpriced],
    ['Known only after the apply', unknown],
  ] as const;
  const left = missing.flatMap(([why, addresses]) =>
    addresses.length > 0 ? [`\nNot in the sum. ${why}: ${addresses.map(code).join(', ')}.\n`] : [],
  );
  return [
    {
      text: `| resource | before | after | basis |\n|---|--:|--:|---|\n${rows.join('')}\nUS dollars a month of 730 hours by a price table of ${PRICES_AS_OF} for ${PRICES_REGION}; functions at a million messages a month in batches of ten that take a second. Requests, storage and traffic are not in it.\n${left.join('')}`,
      rank: 17,
      what: ['cost table', 'cost tables'],
    },
  ];
}

const change = (finding: Finding) =>
  [finding.before, finding.after]
    .filter((text) => text !== undefined)
    .map((text) => code(text))
    .join(' → ') || '–';
const ruleLink = (rule: string, docs: string | undefined) =>
  docs ? `[${rule}](${docs.replace(/\/$/, '')}/${rule.replace('/', '-')}.md)` : `\`${rule}\``;
const code = (text: string) => `<code>${safe(text)}</code>`;

/** Whoever opens a pull request chooses names and keys: none of them may become markup, a link or a mention, or turn around what is read. */
function safe(text: string): string {
  return escaped(visible(text)).replace(/ +/g, ' ');
}

/** An entity alone is not enough: some renderers look for links once it is decoded. `<wbr>` parts what would be one, and is nothing to a reader or in what is copied. */
const escaped = (text: string) =>
  text
    .replace(/[&<>|[\]`*~#\\]/g, entity)
    .replace(/:(?=\/\/)|@/g, (character) => `${entity(character)}<wbr>`)
    .replace(/(?<=www)\./gi, (dot) => `<wbr>${entity(dot)}`);
const entity = (character: string) => `&#${character.charCodeAt(0)};`;

/** Our own sentences, with code in backticks; of several lines it is a block to copy, since Terraform minds the lines. */
function prose(text: string): string {
  return text
    .split(/`([^`]*)`/)
    .map((part, index) =>
      index % 2 === 0
        ? safe(part)
        : part.includes('\n')
          ? `\n\n<pre>${escaped(visibleLines(part))}</pre>\n`
          : code(part),
    )
    .join('');
}
