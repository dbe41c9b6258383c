import { PropsError } from '../props';
import { TOPIC } from './props';

/** Where a record goes that failed, and how long it rests there. */
export interface RetryTopic {
  readonly topic: string;
  /** Seconds from its failure until it is handled again. */
  readonly delay: number;
}

/** The way of a record that fails again and again. */
export interface RetryTopics {
  /** In the order that a record takes. */
  readonly retries: readonly RetryTopic[];
  /** Where it ends. */
  readonly deadLetters: string;
}

const shown = (seconds: number) => (seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`);

/**
 * The retry topics of a topic, as data for whoever makes and uses them: `orders` with 60 and 600 gives `orders.retry-1m`, `orders.retry-10m` and `orders.dead-letters`. They must exist before they are
 * used (Terraform's AWS provider makes no topics), with as many partitions as the topic, or keys change places.
 *
 * @param delays seconds, 1 or more each, longer from one to the next
 */
export function retryTopics(topic: string, delays: readonly number[]): RetryTopics {
  const falling = delays.filter(
    (delay, index) => !Number.isInteger(delay) || delay < 1 || delay <= (delays[index - 1] ?? 0),
  );
  if (falling.length > 0)
    throw new PropsError('retryTopics', [
      `delays has ${delays.join(', ')} s; it takes whole numbers from 1, longer from one to the next`,
    ]);
  const found = {
    retries: delays.map((delay) => ({ topic: `${topic}.retry-${shown(delay)}`, delay })),
    deadLetters: `${topic}.dead-letters`,
  };
  const long = [...found.retries.map((retry) => retry.topic), found.deadLetters].find((name) => !TOPIC.test(name));
  if (long)
    throw new PropsError('retryTopics', [
      `topic would become "${long}"; Kafka takes 1 to 249 letters, digits, dots, hyphens and underscores`,
    ]);
  return found;
}
