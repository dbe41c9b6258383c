import { MAXIMUM_RETENTION_SECONDS, type Queue } from '../encrypted-queue';
import type { Grantee } from '../lambda-function';
import { checkProps, isKnown, KMS_KEY_ARN, PropsError, type Rule, whole } from '../props';
import { DEFAULT_RETENTION_SECONDS } from './props';
import { grantConsume, grantRedrive, grantRepair, grantSend, type QueueTiers } from './tiers';

/** One queue that is there already. */
export interface ExistingTier {
  /** Its ARN, whatever its name is. */
  readonly arn: string;
  /** Its URL. Default: worked out from the ARN; needed where that is known only after `apply`. */
  readonly url?: string;
  /** Its name. Default: of the ARN; needed where that is known only after `apply`. */
  readonly name?: string;
  /** ARN of the KMS key that it is encrypted with: who sends or receives needs it. Default: `kmsKeyArn` of all three. */
  readonly kmsKeyArn?: string;
}

export interface ExistingQueueProps {
  /** Where messages come in. Its redrive policy leads to `parked`. */
  readonly main: ExistingTier;
  /** The dead-letter queue of `main`: SQS moves messages back only from such a one. Source: SQS API, StartMessageMoveTask. */
  readonly parked: ExistingTier;
  /** Where what a person has to mend is sent; not the dead-letter queue of `main`. */
  readonly repair: ExistingTier;
  /** Seconds that a received message stays hidden in `main`, as it is set: 0 to 43,200. */
  readonly visibilityTimeout: number;
  /** Receives before SQS parks a message, as the redrive policy of `main` has it: 1 to 1,000. */
  readonly maxReceiveCount: number;
  /** Seconds that `main` keeps a message, as it is set: 60 to 1,209,600. Default 345,600 (4 days), SQS's own. */
  readonly messageRetention?: number;
  /** FIFO. Default: by the name of `main`, which ends in `.fifo`. */
  readonly fifo?: boolean;
  /** ARN of the KMS key of all three. Default: keys that SQS manages. */
  readonly kmsKeyArn?: string;
}

const ARN = /^arn:aws[a-z-]*:sqs:([a-z0-9-]+):(\d{12}):([\w-]{1,75}(?:\.fifo)?|[\w-]{1,80})$/;

const TIERS = ['main', 'parked', 'repair'] as const;
type Tier = (typeof TIERS)[number];

const ofTier = (tier: Tier): readonly Rule<ExistingQueueProps>[] => [
  {
    prop: tier,
    holds: (props) => !isKnown(props[tier].arn) || ARN.test(props[tier].arn),
    message: (props) => `has the ARN "${props[tier].arn}"; it takes one of a queue (arn:aws:sqs:…)`,
  },
  {
    prop: tier,
    holds: (props) => !isKnown(props[tier].url) || /^https?:\/\/[^/]+\/\S+$/.test(props[tier].url ?? ''),
    message: (props) => `has the URL "${props[tier].url}"; it takes one of a queue (https://sqs.…)`,
  },
  {
    prop: tier,
    holds: (props) => !isKnown(props[tier].kmsKeyArn) || KMS_KEY_ARN.test(props[tier].kmsKeyArn ?? ''),
    message: (props) => `has the key "${props[tier].kmsKeyArn}"; it takes the ARN of a KMS key (arn:aws:kms:…:key/…)`,
  },
];

const isFifo = (props: ExistingQueueProps): boolean => props.fifo ?? nameOf(props.main).endsWith('.fifo');
const nameOf = ({ arn, name }: ExistingTier): string => name ?? ARN.exec(arn)?.[3] ?? '';

const rules: readonly Rule<ExistingQueueProps>[] = [
  ...TIERS.flatMap(ofTier),
  {
    prop: 'parked',
    holds: ({ main, parked, repair }) => new Set([main.arn, parked.arn, repair.arn]).size === 3,
    message: () =>
      'is also main or repair; the three must be different queues, or a message that is wrong is tried for ever',
  },
  {
    prop: 'parked',
    holds: (props) => !isKnown(nameOf(props.parked)) || nameOf(props.parked).endsWith('.fifo') === isFifo(props),
    message: (props) =>
      `is ${isFifo(props) ? 'a standard' : 'a FIFO'} queue and main is not; SQS takes a dead-letter queue of the same kind`,
  },
  whole('visibilityTimeout', [0, 43_200], { unit: 's', by: 'SQS' }),
  whole('maxReceiveCount', [1, 1000], { by: 'SQS' }),
  whole('messageRetention', [60, MAXIMUM_RETENTION_SECONDS], { unit: 's', by: 'SQS' }),
];

/** Source: SQS guide, "Queue and message identifiers"; endpoints of China end in `.cn`. */
function urlOf(arn: string): string {
  const [, region = '', account = '', name = ''] = ARN.exec(arn) ?? [];
  return `https://sqs.${region}.amazonaws.com${arn.startsWith('arn:aws-cn:') ? '.cn' : ''}/${account}/${name}`;
}

/**
 * Queues that are there already, of any name and from any tool: modules feed from them, release and repair. Nothing of them is changed, neither their redrive policy
 * nor who may send to them.
 */
export class ExistingQueue implements QueueTiers {
  readonly main: Queue;
  readonly parked: Queue;
  readonly repair: Queue;
  readonly fifo: boolean;
  readonly visibilityTimeout: number;
  readonly maxReceiveCount: number;
  readonly messageRetention: number;

  constructor(props: ExistingQueueProps) {
    checkProps(
      `existing queue ${isKnown(props.main.arn) ? nameOf(props.main) : ''}`.trim(),
      props,
      rules,
      'ExistingQueueProps',
    );
    const tier = (each: ExistingTier): Queue => ({
      arn: each.arn,
      url: each.url ?? urlOf(each.arn),
      name: nameOf(each),
      kmsKeyArn: each.kmsKeyArn ?? props.kmsKeyArn,
    });
    const unnamed = TIERS.filter((each) => !isKnown(props[each].arn) && !(props[each].url && props[each].name));
    if (unnamed.length > 0)
      throw new PropsError('existing queue', [
        `${unnamed.join(', ')} has an ARN that is known only after apply; pass its url and its name as well`,
      ]);
    this.main = tier(props.main);
    this.parked = tier(props.parked);
    this.repair = tier(props.repair);
    this.fifo = isFifo(props);
    this.visibilityTimeout = props.visibilityTimeout;
    this.maxReceiveCount = props.maxReceiveCount;
    this.messageRetention = props.messageRetention ?? DEFAULT_RETENTION_SECONDS;
  }

  /** Sending to the main queue. */
  grantSend(grantee: Grantee): void {
    grantSend(this, grantee);
  }

  /** Receiving from the main queue, putting a message off, and sending what is wrong with it to repair. */
  grantConsume(grantee: Grantee): void {
    grantConsume(this, grantee);
  }

  /** Sending to repair. */
  grantRepair(grantee: Grantee): void {
    grantRepair(this, grantee);
  }

  /** Moving parked messages back to the main queue. */
  grantRedrive(grantee: Grantee): void {
    grantRedrive(this, grantee);
  }
}
