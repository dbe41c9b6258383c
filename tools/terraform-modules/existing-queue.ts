import { Fn, Token } from 'cdktf';
import type { Queue } from '../../modules/encrypted-queue';
import type { QueueTiers } from '../../modules/tiered-queue';
import type { Values, Variable } from './definition';

type Tier = 'main' | 'parked' | 'repair';

export const QUEUE_ARN = /^arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[\w-]+(\.fifo)?$/;
export const QUEUE_URL = /^https?:\/\/.+/;

const WHAT: Readonly<Record<Tier, string>> = {
  main: 'the queue that the function works on',
  parked: 'its dead-letter queue, which its redrive policy leads to',
  repair: 'the queue for messages that a person has to mend',
};

/** ARN of one tier that is there already. */
export const tierVariable = (tier: Tier): Record<string, Variable> => ({
  [`${tier}_queue_arn`]: {
    type: 'string',
    description: `ARN of ${WHAT[tier]}.`,
    allowed: { pattern: QUEUE_ARN },
  },
});

export const parkedUrlVariable = {
  parked_queue_url: { type: 'string', description: 'URL of the same.', allowed: { pattern: QUEUE_URL } },
} satisfies Record<string, Variable>;

export const visibilityVariable = {
  visibility_timeout: {
    type: 'number',
    description:
      "Seconds that a message received from the main queue stays hidden, as it is set: at least 6 times the function's time-out.",
    allowed: { least: 0, most: 43_200 },
  },
} satisfies Record<string, Variable>;

/** In the place of what a module never calls: a queue by its URL, a tier that it has nothing to do with. */
const NEVER = 'never-called';

/** The last part of an ARN of six or more. */
export const lastOf = (arn: string, index: number): string => Token.asString(Fn.element(Fn.split(':', arn), index));

/** Queues that are there already, as far as a module has variables for them. */
export function existingTiers(
  values: Values,
  given: readonly Tier[],
  known: Partial<Pick<QueueTiers, 'visibilityTimeout' | 'messageRetention'>> = {},
): QueueTiers {
  const tier = (which: Tier): Queue => {
    if (!given.includes(which)) return { arn: NEVER, url: NEVER, name: NEVER };
    const arn = values.text(`${which}_queue_arn`);
    const url = which === 'parked' ? values.text('parked_queue_url') : NEVER;
    return { arn, url, name: lastOf(arn, 5), kmsKeyArn: values.kmsKeyArn };
  };
  return {
    ...{ main: tier('main'), parked: tier('parked'), repair: tier('repair'), fifo: false },
    // Read by consumers of the kit alone; these are in any language.
    ...{ maxReceiveCount: 5, visibilityTimeout: 180, messageRetention: 345_600, ...known },
  };
}
