import type { QueueSettings } from '../contract';

/** Queues in which the messages of an attached queue lie: the dead letters themselves, those that SQS has parked, and those that wait for the consumer. */
export const TIERS = ['dead-letters', 'parked', 'main'] as const;
export type Tier = (typeof TIERS)[number];

/** What SQS says of a queue at one moment. Times are ISO 8601. */
export interface QueueLook {
  /** ARN. */
  readonly queue: string;
  /** About how many, in flight and delayed ones among them. */
  readonly messages: number;
  /** Seconds that the queue keeps a message. */
  readonly retentionSeconds: number;
  /** Seconds that the queue keeps a message from which SQS moves messages here on their old clock; nothing where the clock starts anew. */
  readonly movedAfter?: number | undefined;
  /** When the oldest message came here, by CloudWatch; nothing where it wasn't asked or doesn't know. */
  readonly oldestCameAt?: string | undefined;
}

/** What the desk knows of a tier by its looks at it. */
export interface TierLook extends QueueLook {
  /** ARN of the queue of dead letters that is attached. */
  readonly of: string;
  readonly tier: Tier;
  readonly at: string;
  /** When CloudWatch was asked last. */
  readonly askedAt?: string | undefined;
  /** The last look at which it was empty, and the first one since at which it wasn't. */
  readonly emptyAt?: string | undefined;
  readonly filledAt?: string | undefined;
  /** Why it could not be looked at; the rest is what was known before. */
  readonly problem?: string | undefined;
}

/** When SQS deletes the first message of a queue. */
export interface LossClock {
  /** Not before this moment. Nothing: nobody knows how long the oldest has waited. */
  readonly earliest?: string | undefined;
  /** By this moment, unless somebody takes it out. */
  readonly latest?: string | undefined;
}

export interface TierClock extends TierLook {
  /** Nothing: the tier is empty, or was never looked at. */
  readonly clock?: LossClock | undefined;
}

const plus = (time: string | undefined, seconds: number): string | undefined =>
  time && new Date(Date.parse(time) + seconds * 1000).toISOString();

/**
 * When SQS deletes the first message of a tier. In a standard queue a message keeps the clock of the queue that it was moved from, and CloudWatch's age counts from when it was moved: what it waited there is
 * not known, but is no more than that queue's retention. Without CloudWatch a tier that was empty at one look holds nothing older than that look. Source: SQS guide, "Setting-up dead-letter queue retention".
 */
export function lossClock(look: TierLook): LossClock | undefined {
  const { messages, retentionSeconds, movedAfter = 0, oldestCameAt, emptyAt, filledAt } = look;
  if (messages === 0) return undefined;
  return {
    earliest: plus(oldestCameAt ?? emptyAt, retentionSeconds - movedAfter),
    latest: plus(oldestCameAt ?? filledAt, retentionSeconds),
  };
}

/** Seconds before a loss at which somebody is told: a weekend, and never more than half of what the queue gives. */
const TIME_TO_ACT_SECONDS = 2 * 86_400;

/** Whether SQS deletes the first message so soon that somebody has to act. */
export function isNearLoss(look: TierLook, now: Date): boolean {
  const { earliest, latest } = lossClock(look) ?? {};
  const first = earliest ?? latest;
  const ahead = Math.min(TIME_TO_ACT_SECONDS, look.retentionSeconds / 2);
  return first !== undefined && Date.parse(first) - now.getTime() < ahead * 1000;
}

/** What is known of a tier after a look. @param seen nothing: it could not be looked at, for the reason in `problem` */
export function lookedAt(
  { of, queue, tier }: Pick<TierLook, 'of' | 'queue' | 'tier'>,
  before: TierLook | undefined,
  seen: QueueLook | undefined,
  { now, asked, problem }: { readonly now: Date; readonly asked: boolean; readonly problem?: string | undefined },
): TierLook {
  const at = now.toISOString();
  if (!seen) return { messages: 0, retentionSeconds: 0, at, ...before, of, queue, tier, problem };
  const askedAt = asked ? at : before?.askedAt;
  if (seen.messages === 0) return { ...seen, of, tier, at, askedAt, emptyAt: at };
  return {
    ...{ ...seen, of, tier, at, askedAt },
    oldestCameAt: asked ? seen.oldestCameAt : before?.oldestCameAt,
    emptyAt: before?.emptyAt,
    filledAt: before?.filledAt ?? at,
  };
}

/** What looking at queues touches outside. */
export interface LookPorts {
  readonly store: {
    settings(): Promise<readonly QueueSettings[]>;
    looks(): Promise<readonly TierLook[]>;
    noteLook(look: TierLook): Promise<void>;
  };
  /** The queues of an attached one; `parked` where SQS's redrive policy of the main queue names one. */
  tiersOf(settings: QueueSettings): Promise<readonly { readonly tier: Tier; readonly queue: string }[]>;
  /** @param ask CloudWatch, for the age */
  look(queue: string, main: string | undefined, ask: boolean): Promise<QueueLook>;
  now(): Date;
}

/** Seconds between two questions to CloudWatch, which are paid for: $0.01 for 1,000 metrics. Source: CloudWatch pricing. */
const ASK_EVERY_SECONDS = 300;

/** Looks at every tier of every attached queue, and writes down what it saw. One that can't be looked at keeps no other from it. */
export async function lookAtTiers(ports: LookPorts): Promise<readonly TierLook[]> {
  const [settings, before] = await Promise.all([ports.store.settings(), ports.store.looks()]);
  const looks = await Promise.all(settings.map((each) => lookAtQueue(each, before, ports)));
  return looks.flat();
}

async function lookAtQueue(
  settings: QueueSettings,
  before: readonly TierLook[],
  ports: LookPorts,
): Promise<readonly TierLook[]> {
  const now = ports.now();
  const named = { of: settings.queue };
  const note = async (look: TierLook) => {
    await ports.store.noteLook(look);
    return look;
  };
  const known = (queue: string) => before.find((each) => each.of === settings.queue && each.queue === queue);
  const lost = (tier: Tier, queue: string, error: unknown) =>
    note(
      lookedAt({ ...named, tier, queue }, known(queue), undefined, {
        now,
        asked: false,
        problem: (error as Error).message,
      }),
    );
  let tiers: Awaited<ReturnType<LookPorts['tiersOf']>>;
  try {
    tiers = await ports.tiersOf(settings);
  } catch (error) {
    return [await lost('dead-letters', settings.queue, error)];
  }
  const main = tiers.find(({ tier }) => tier === 'main')?.queue;
  return Promise.all(
    tiers.map(async ({ tier, queue }) => {
      const earlier = known(queue);
      const asked = now.getTime() - Date.parse(earlier?.askedAt ?? '1970-01-01') >= ASK_EVERY_SECONDS * 1000;
      try {
        const seen = await ports.look(queue, tier === 'main' ? undefined : main, asked);
        return await note(lookedAt({ ...named, tier, queue }, earlier, seen, { now, asked }));
      } catch (error) {
        return lost(tier, queue, error);
      }
    }),
  );
}
