import { LambdaEventSourceMapping } from '@cdktf/provider-aws/lib/lambda-event-source-mapping';
import { Construct } from 'constructs';
import type { Invocable } from '../lambda-function';
import { checkProps, isKnown } from '../props';
import { grantConsume, type QueueTiers } from '../tiered-queue';
import { type ConsumerProps, rules } from './props';

/** Invocations at once that a mapping can be kept to. Source: Lambda API, ScalingConfig. */
const MOST_AT_ONCE = 1000;

/** Feeds a function from a tiered queue, one failed message at a time failing alone. */
export class Consumer extends Construct {
  readonly queue: QueueTiers;
  readonly handler: Invocable;
  /** The resource itself, for what no prop says. */
  readonly mapping: LambdaEventSourceMapping;
  readonly mappingUuid: string;
  readonly mappingArn: string;
  /** Invocations at once when all is well; `undefined`: as many as Lambda starts. */
  readonly maximumConcurrency: number | undefined;
  /** A circuit breaker may switch the mapping: Terraform leaves that alone. */
  readonly switchedAtRunTime: boolean;

  constructor(scope: Construct, id: string, props: ConsumerProps) {
    super(scope, id);
    const { queue, handler, filterPatterns } = props;
    checkProps(this.node.path, props, rules, 'ConsumerProps');
    const reserved = handler.reservedConcurrency;
    this.maximumConcurrency =
      props.maximumConcurrency ?? (isKnown(reserved) ? Math.min(reserved as number, MOST_AT_ONCE) : reserved);

    grantConsume(queue, handler);
    this.mapping = new LambdaEventSourceMapping(this, 'mapping', {
      eventSourceArn: queue.main.arn,
      functionName: handler.arn,
      batchSize: props.batchSize ?? 10,
      maximumBatchingWindowInSeconds: props.batchingWindow,
      functionResponseTypes: ['ReportBatchItemFailures'],
      scalingConfig:
        this.maximumConcurrency === undefined ? undefined : { maximumConcurrency: this.maximumConcurrency },
      filterCriteria: filterPatterns && {
        filter: filterPatterns.map((pattern) => ({ pattern: JSON.stringify(pattern) })),
      },
      enabled: true,
      // Lambda looks whether the function may read the queue when the mapping is made.
      dependsOn: handler.policies.length > 0 ? [...handler.policies] : undefined,
      lifecycle: props.switchedAtRunTime ? { ignoreChanges: ['enabled', 'scaling_config'] } : undefined,
    });
    this.queue = queue;
    this.switchedAtRunTime = props.switchedAtRunTime ?? false;
    this.handler = handler;
    this.mappingUuid = this.mapping.uuid;
    this.mappingArn = this.mapping.arn;
  }
}
