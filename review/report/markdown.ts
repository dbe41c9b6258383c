import { PRICES_AS_OF, PRICES_REGION } from '../cost/prices';
import { ASSUMED, type Estimate } from '../outage/consumers';
import { blockOf } from '../plan/address';
import { dollars, group, plural, seconds } from '../plan/format';
import { RULES } from '../rules';
import { type Finding, SEVERITIES, type Severity } from '../rules/rule';
import { code, prose, safe } from './escape';
import { type Block, fit, type Section } from './fit';
import { byBlock, byRule, type Placed, tally } from './groups';
import { COMMENT_LIMIT } from './limit';
import { type Review, worst } from './review';
import { type Since, stateLine } from './since';
import { visible } from './visible';

/** For a workflow's own marker. */
const ROOM_FOR_MARKERS = 200;

/** By this line a workflow finds its own comment again, to update it in place. */
export const COMMENT_MARKER = '<!-- spillway-review -->';

const SIGNS: Record<Severity, string> = { critical: '🛑', high: '🔴', medium: '🟠', low: '🟡', info: 'ℹ️' };
/** Of one block, more findings than these are told by one of them and the names of the others. */
const ALIKE_IN_DETAIL = 3;
const ALIKE_NAMED = 20;
const OURS = new Set(RULES.map(({ id }) => id));

export interface MarkdownOptions {
  /** Characters, at most. */
  readonly limit?: number;
  readonly docs?: string | undefined;
  readonly since?: Since | undefined;
}

export function markdown(
  reviews: readonly Review[],
  policyNotes: readonly string[],
  options: MarkdownOptions = {},
): string {
  const sections = [
    header(reviews, options),
    rules(reviews, options),
    sinceSection(options.since),
    policySection(policyNotes),
    ...reviews.flatMap((review) => details(review, options.docs)),
    state(reviews),
  ];
  return `${COMMENT_MARKER}\n${fit(sections, (options.limit ?? COMMENT_LIMIT) - ROOM_FOR_MARKERS)}\n`;
}

function header(reviews: readonly Review[], { docs }: MarkdownOptions): Section {
  const severity = worst(reviews);
  const all = reviews.flatMap(({ findings }) => findings);
  const hidden = tally(reviews.flatMap(({ suppressed }) => suppressed.map(({ finding }) => finding)));
  const calm = severity === undefined || severity === 'info';
  const said = calm
    ? `${hidden ? '⚠️ Plan review: nothing open' : '✅ Plan review: nothing to worry about'}`
    : `${SIGNS[severity]} Plan review: ${tally(all)}`;
  const title = hidden ? `${said}; the policy hides ${hidden}` : said;
  return {
    always: true,
    open: `## ${title}\n\n| stack | findings | worst | account | region | create | change | replace | destroy | other |\n|---|---|---|---|---|--:|--:|--:|--:|---|\n`,
    blocks: reviews.map((review) => {
      const [first] = review.findings;
      const found = tally(review.findings) || 'none';
      const name = `**${safe(review.stack)}**`;
      return {
        text: `| ${[name, found, first ? `${SIGNS[first.severity]} ${ruleLink(first, docs)} ${code(clipped(first.address))}` : '–', ...counts(review)].join(' | ')} |\n`,
        brief: `|${name}|${found.split(', ')[0]}|${first ? `${first.rule} ${code(clipped(first.address, 40))}` : '–'}|\n`,
        rank: 0,
        what: ['stack', 'stacks'],
      };
    }),
    close: '',
  };
}

function counts({ accounts, regions, counts }: Review): string[] {
  const other = [
    [counts.forget, 'forgotten'],
    [counts.moved, 'moved'],
    [counts.imported, 'imported'],
  ].filter(([count]) => Number(count) > 0);
  const strong = (count: number) => (count > 0 ? `**${group(count)}**` : '0');
  return [
    accounts.map(safe).join(', ') || 'not known yet',
    regions.map(safe).join(', ') || 'not known yet',
    ...[group(counts.create), group(counts.update), strong(counts.replace), strong(counts.destroy)],
    other.map(([count, what]) => `${count} ${what}`).join(', ') || '–',
  ];
}

/** Every rule that fires, with how often and one example: a thousand findings of one rule hide no other rule. */
function rules(reviews: readonly Review[], { docs, since }: MarkdownOptions): Section {
  const several = reviews.length > 1;
  return {
    open: `\n| | what | count | where | before → after |\n|---|---|--:|---|---|\n`,
    blocks: byRule(reviews).map((placed): Block => {
      const [{ stack, finding }] = placed as [Placed];
      const findings = placed.map((each) => each.finding);
      const severities = new Set(findings.map(({ severity }) => severity));
      const count = severities.size > 1 ? tally(findings) : group(findings.length);
      const fresh = since && placed.some((each) => since.isNew(each.stack, each.finding)) ? '🆕 ' : '';
      const blocks = new Set(placed.map((each) => `${each.stack} ${blockOf(each.finding.address)}`)).size;
      const more = findings.length > 1 ? ` and ${group(findings.length - 1)} more` : '';
      const where = `${several ? `${safe(stack)}: ` : ''}${code(clipped(finding.address))}${more}${more && blocks > 1 ? ` in ${group(blocks)} blocks` : ''}`;
      const sign = `${fresh}${SIGNS[finding.severity]} ${finding.severity}`;
      return {
        text: `| ${sign} | ${safe(finding.title)} (${ruleLink(finding, docs)}) | ${count} | ${where} | ${change(finding, 120)} |\n`,
        brief: `|${sign}|${finding.rule}|${count}|${code(clipped(finding.address, 40))}|\n`,
        rank: 1 + SEVERITIES.indexOf(finding.severity),
        what: ['rule', 'rules'],
      };
    }),
    close: '',
  };
}

function sinceSection(since: Since | undefined): Section {
  if (!since) return { open: '', blocks: [], close: '' };
  const { added, mended, left } = since;
  const gone = mended.reduce((sum, { count }) => sum + count, 0);
  return {
    always: true,
    open: `\n**Since the last push:** ${group(added)} new (🆕), ${group(gone)} mended, ${group(left)} left.\n`,
    blocks: mended.map(({ stack, rule, block, count }) => ({
      text: `- ✅ ${safe(stack)}: \`${safe(rule)}\` at ${code(block)}${count > 1 ? ` (${group(count)})` : ''}\n`,
      rank: 9,
      what: ['mended finding', 'mended findings'],
    })),
    close: '',
  };
}

function state(reviews: readonly Review[]): Section {
  return {
    open: '',
    blocks: [
      { text: stateLine(reviews), rank: 8, what: ['list for the next comparison', 'lists for the next comparison'] },
    ],
    close: '',
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
      byBlock(review.findings).flatMap((findings) =>
        (findings.length > ALIKE_IN_DETAIL ? findings.slice(0, 1) : findings).map(
          (finding): Block => ({
            text: `${detail(finding, docs)}${findings.length > ALIKE_IN_DETAIL ? alike(findings.slice(1)) : ''}`,
            rank: 10 + SEVERITIES.indexOf(finding.severity),
            what: [`${finding.severity} finding in detail`, `${finding.severity} findings in detail`],
          }),
        ),
      ),
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
    fold(
      `${review.stack}: who hears the alarms`,
      review.questions.flatMap(({ address, about, answer }): Block[] =>
        answer === undefined
          ? []
          : [
              {
                text: `- ${code(address)}: ${safe(about)}: **${safe(answer)}**\n`,
                rank: 15,
                what: ['live fact', 'live facts'],
              },
            ],
      ),
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

const detail = (finding: Finding, docs: string | undefined) =>
  `#### ${SIGNS[finding.severity]} ${safe(finding.title)}\n${code(finding.address)} · ${finding.severity} · ${ruleLink(finding, docs)}${finding.place ? ` · ${code(`${finding.place.file}:${finding.place.line}`)}` : ''}\n\n${change(finding)}\n\n${prose(finding.why)}\n\n**What to do:** ${prose(finding.action)}\n\n${questions(finding)}`;

/** Answers as a list; what nobody has asked as lines to copy. */
function questions({ questions: all = [] }: Finding): string {
  const [open, told] = [
    all.filter(({ answer }) => answer === undefined),
    all.filter(({ answer }) => answer !== undefined),
  ];
  const lines = open.map(({ command }) => `${visible(command).replaceAll('`', '')}\n`).join('');
  return [
    told.length > 0
      ? `**Now:** ${told.map(({ about, answer }) => `${safe(about)}: **${safe(answer ?? '')}**`).join('; ')}\n\n`
      : '',
    open.length > 0 ? `**Ask before the apply:**\n\`\`\`sh\n${lines}\`\`\`\n\n` : '',
  ].join('');
}

function alike(others: readonly Finding[]): string {
  const named = others.slice(0, ALIKE_NAMED).map(({ address }) => code(clipped(address)));
  const rest = others.length - named.length;
  return `The same at ${group(others.length)} more of this block: ${named.join(', ')}${rest > 0 ? ` and ${group(rest)} more` : ''}.\n\n`;
}

function outageBlocks(review: Review): Block[] {
  if (review.outages.length === 0) return [];
  const rows = review.outages.map(({ queue, function: fn, settings, estimates }): Block => {
    const lengths = estimates.map(({ outageSeconds }) => ` ${seconds(outageSeconds)} |`).join('');
    const row = (what: string, say: (estimate: Estimate, outageSeconds: number) => string) =>
      `| ${what} |${estimates.map(({ outageSeconds, before, after }) => ` ${say(before, outageSeconds)} → ${say(after, outageSeconds)} |`).join('')}\n`;
    return {
      text:
        `${code(queue)} → ${code(fn)}\n\n` +
        `Before: ${safe(settings.before)}\nAfter: ${safe(settings.after)}\n\n` +
        `| an outage of |${lengths}\n|---|${'---|'.repeat(estimates.length)}\n` +
        row(
          'wasted Lambda-seconds',
          ({ wastedSeconds, dollars: cost }) => `${group(wastedSeconds)} (${dollars(cost)})`,
        ) +
        row(
          'receives, of what arrives',
          ({ receives }, length) =>
            `${group(receives)} (${group((100 * receives) / (ASSUMED.messagesPerSecond * length))} %)`,
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
  const assumptions = `A model, not a forecast, before → after: the dependency is away for so long, ${ASSUMED.messagesPerSecond} messages a second arrive, every call hangs until the function's time-out; healthy again a batch takes 1 s and dead letters come back at 500 a second.\n`;
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

const clipped = (text: string, length = 120) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);
const change = ({ before, after }: Finding, length = Number.POSITIVE_INFINITY) =>
  [before, after].flatMap((text) => (text === undefined ? [] : [code(clipped(text, length))])).join(' → ') || '–';
/** Of a rule of one's own the page is wherever it says, or nowhere. */
function ruleLink({ rule, page }: Finding, docs: string | undefined): string {
  const url = OURS.has(rule) ? docs && `${docs.replace(/\/$/, '')}/${rule.replace('/', '-')}.md` : page;
  return url ? `[${rule}](${url})` : `\`${rule}\``;
}
