import type { AttachedQueue, JudgedGroup, ShownLetter } from '../../functions/desk/core/desk';
import type { Letter } from '../../functions/desk/core/letter';
import type { TierClock } from '../../functions/desk/core/loss-clock';
import type { Release, ReleaseCounts } from '../../functions/desk/core/release';
import type { ReleasePlan } from '../../functions/desk/core/releases';
import type { TimelineEvent } from '../../functions/desk/core/timeline';
import type { Arrivals, Trend } from '../../functions/desk/core/trend';
import { printable } from '../night/printable';
import { difference } from '../repair/difference';

const lines = (...each: readonly (string | false | undefined)[]): string =>
  each
    .filter((line): line is string => typeof line === 'string')
    .map(printable)
    .join('\n');

const queueOf = (arn: string): string => arn.split(':').at(-1) ?? arn;

export function sayGroup({
  id,
  cause,
  counts,
  firstSeen,
  lastSeen,
  verdict,
  because,
  owner,
  note,
}: JudgedGroup): string {
  const where = Object.entries(counts).map(([status, count]) => `${count} ${status}`);
  return lines(
    `${id}  ${verdict}  ${queueOf(cause.queue)}  ${cause.reason}${cause.path ? ` at ${cause.path}` : ''}`,
    `  ${cause.errorClass}${cause.producer ? `  (made by ${cause.producer})` : ''}`,
    `  ${where.join(', ')}; first ${firstSeen}, last ${lastSeen}`,
    `  ${because.join(' ')}`,
    (owner || note) && `  ${owner ?? 'nobody'}: ${note ?? ''}`,
  );
}

/** How long it is until a moment, in the largest unit that says something. */
function ahead(time: string): string {
  const hours = (Date.parse(time) - Date.now()) / 3_600_000;
  if (hours < 0) return 'any moment';
  if (hours < 2) return `in ${Math.round(hours * 60)} min`;
  return hours < 48 ? `in ${Math.round(hours)} h` : `in ${Math.floor(hours / 24)} days`;
}

function sayClock({ messages, clock, problem, at }: TierClock): string {
  if (problem) return `not looked at: ${problem}`;
  if (!clock) return 'empty';
  const { earliest, latest } = clock;
  const when = [
    earliest && `from ${earliest} on (${ahead(earliest)})`,
    latest && latest !== earliest && `by ${latest} (${ahead(latest)}) at the latest`,
  ].filter(Boolean);
  return `${messages} messages; SQS deletes the first ${when.join(', ')}; looked at ${at}`;
}

export const sayQueue = ({ settings, tiers }: AttachedQueue): string =>
  lines(
    settings.queue,
    ...(tiers.length === 0 ? ['  not looked at yet: `queues` looks'] : []),
    ...tiers.map((tier) => `  ${tier.tier} ${queueOf(tier.queue)}: ${sayClock(tier)}`),
  );

export const sayLetter = ({ id, status, businessId, detail, sentAt, bytes, version, changed }: Letter): string =>
  lines(
    `${id}  ${status}  ${businessId ?? 'no id'}  version ${version}`,
    `  ${detail}`,
    `  sent ${sentAt}, ${bytes} bytes; ${changed.what} by ${changed.by} ${changed.at}`,
  );

export const sayEvent = ({ at, by, what, letter, note }: TimelineEvent): string =>
  lines(`${at}  ${what}${by ? ` by ${by}` : ''}${letter ? `  (letter ${letter})` : ''}${note ? `: ${note}` : ''}`);

export const sayTrend = ({ hours, days }: Trend): string => {
  const most = (all: readonly Arrivals[]) => Math.max(1, ...all.map(({ letters }) => letters));
  const bar = (letters: number, all: readonly Arrivals[]) => '#'.repeat(Math.ceil((letters / most(all)) * 40));
  return lines(
    ...hours.map(
      ({ from, letters }) => `${from.slice(0, 16)}Z  ${String(letters).padStart(7)}  ${bar(letters, hours)}`,
    ),
    '',
    ...days.map(
      ({ from, letters }) => `${from.slice(0, 10)}         ${String(letters).padStart(7)}  ${bar(letters, days)}`,
    ),
  );
};

export const sayWhole = ({ letter, content, masked, faults, audit, sameId }: ShownLetter): string =>
  [
    sayLetter(letter),
    lines(
      `  group ${letter.group}  ${queueOf(letter.cause.queue)}  ${letter.cause.reason}`,
      letter.cameBackAs && `  it came back as ${letter.cameBackAs}`,
      letter.note !== undefined && `  ${letter.note}`,
      masked && '  what is sensitive is hidden; --reveal shows it',
      ...faults.map(({ path, message }) => `  fault at ${path || 'the whole'}: ${message}`),
      ...Object.entries(content.attributes).map(([name, { type, value }]) => `  ${name} (${type}): ${value}`),
      `  ${content.body}`,
      ...audit.map(
        ({ at, by, what, refused, note }) =>
          `  ${at} ${by} ${what}${refused ? ` refused: ${refused}` : ''}${note ? `: ${note}` : ''}`,
      ),
      ...sameId.filter(({ id }) => id !== letter.id).map(({ id, status }) => `  the same id: ${id} ${status}`),
    ),
  ].join('\n');

const duration = (seconds: number): string =>
  seconds < 120
    ? `${seconds} s`
    : seconds < 7200
      ? `${Math.round(seconds / 60)} min`
      : `${Math.round(seconds / 3600)} h`;

export const sayPlan = ({ letters, fit, waves, seconds, dollars, more, preview, needsApproval }: ReleasePlan): string =>
  lines(
    ...preview.flatMap(({ id, businessId, before, after, faults }) => [
      `${id}  ${businessId ?? 'no id'}`,
      ...difference(before, after).map((line) => `  ${line}`),
      ...faults.map(({ path, message }) => `  stays: ${path}${path && ' '}${message}`),
    ]),
    `${letters}${more ? ' and more' : ''} letters, ${fit} fit and would be sent, in ${waves} waves: about ${duration(seconds)}, about $${dollars.toFixed(4)}; nothing was changed`,
    needsApproval && 'Somebody else has to approve it.',
  );

export const sayRelease = ({
  id,
  group,
  state,
  because,
  counts,
}: Release & { readonly counts?: ReleaseCounts }): string =>
  lines(
    `${id}  ${state}  group ${group}: ${because}${counts ? ` (${counts.done} done, ${counts.failed} came back, ${counts.sending + counts.sent} waiting, ${counts.unknown} unknown)` : ''}`,
  );
