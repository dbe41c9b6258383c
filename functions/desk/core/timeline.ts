import { type Desk, settingsFor } from './desk';
import { MASK, quotes } from './masking';
import type { Actor } from './roles';

/** Something that happened to a business id. */
export interface TimelineEvent {
  /** ISO 8601. */
  readonly at: string;
  /** `received`, `put into repair`, `kept`, `edited`, `sent`, `done` …; a word for people. */
  readonly what: string;
  /** Who did it; nothing for the consumer. */
  readonly by?: string | undefined;
  readonly letter?: string | undefined;
  readonly note?: string | undefined;
}

/** What became of a business id, in order: what the consumer's ledger knows, and what the desk did with its letters. */
export async function timelineOf(desk: Desk, actor: Actor, businessId: string): Promise<readonly TimelineEvent[]> {
  await desk.permit(actor, 'look', 'timeline');
  const { store } = desk.ports;
  const [letters, all] = await Promise.all([store.ofBusinessId(businessId), store.settings()]);
  const ofDesk = await Promise.all(
    letters.map(async (letter) => {
      const sensitive = settingsFor(letter, all)?.sensitive ?? [];
      const audit = await store.auditOf(letter.id);
      return audit.map(({ at, by, what, note, refused }) => ({
        ...{ at, by, what: refused === undefined ? what : `${what}: refused`, letter: letter.id },
        ...(note !== undefined && { note: quotes(letter, sensitive) ? MASK : note }),
      }));
    }),
  );
  const first = letters[0];
  const sent = letters.map(({ sentAt, id }) => ({ at: sentAt, what: 'sent to the queue', letter: id }));
  const settings = letters.map((letter) => settingsFor(letter, all)).find((each) => each?.ledger);
  const word = settings && (await desk.ports.ledger(settings, businessId));
  const times = [
    word?.deliveries !== undefined && `${word.deliveries} deliveries begun`,
    word?.rounds !== undefined && word.rounds > 0 && `released ${word.rounds} times from parked`,
  ].filter(Boolean);
  const detail = word?.detail && (first && quotes(first, settings?.sensitive ?? []) ? MASK : word.detail);
  const ofConsumer: TimelineEvent[] = [
    ...(word?.firstSeen ? [{ at: word.firstSeen, what: 'first sent to the consumer' }] : []),
    ...(word?.repairAt ? [{ at: word.repairAt, what: 'put into repair by the consumer' }] : []),
    ...(word?.updatedAt
      ? [
          {
            at: word.updatedAt,
            what: `the consumer's ledger: ${word.status}`,
            note: [...times, detail].filter(Boolean).join('; '),
          },
        ]
      : []),
  ];
  return [...sent, ...ofConsumer, ...ofDesk.flat()].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}
