import { Construct } from 'constructs';
import { redrive } from '../../functions/redrive/contract';
import { LambdaFunction } from '../lambda-function';
import { checkProps } from '../props';
import { invokeEvery } from '../schedule';
import { type RedriveProps, rules } from './props';

/** Releases parked messages at a set rate while a canary says that the dependency is back. */
export class Redrive extends Construct {
  readonly handler: LambdaFunction<typeof redrive>;

  constructor(scope: Construct, id: string, props: RedriveProps) {
    super(scope, id);
    checkProps(this.node.path, props, rules);
    const { queue, functionName, everyMinutes = 1 } = props;
    this.handler = new LambdaFunction(this, 'handler', {
      contract: redrive,
      functionName,
      description: `Releases ${functionName}'s parked messages while the canary is green`,
      environment: {
        PARKED_QUEUE_ARN: queue.parked.arn,
        PARKED_QUEUE_URL: queue.parked.url,
        PAYMENT_URL: props.paymentUrl,
        ...(props.paymentSecretArn && { PAYMENT_SECRET_ARN: props.paymentSecretArn }),
        RATE: String(props.rate ?? 1),
        CANARIES: String(props.canaries ?? 3),
        CANARY_TIMEOUT_MS: String(props.canaryTimeoutMs ?? 5000),
      },
      // Nearly the whole minute until the next scheduled run, so that a move is watched without a gap.
      timeout: 55,
      memorySize: 256,
      // One for the schedule, which watches for most of a minute, and one for a person.
      reservedConcurrency: 2,
      logRetentionDays: props.logRetentionDays,
      kmsKeyArn: props.kmsKeyArn,
    });
    queue.grantRedrive(this.handler);
    if (props.paymentSecretArn) this.handler.grant(['secretsmanager:GetSecretValue'], [props.paymentSecretArn]);
    if (everyMinutes !== 'off')
      invokeEvery(this, this.handler, {
        name: functionName,
        description: 'Looks whether parked messages can be released',
        minutes: everyMinutes,
        input: { watch: true },
        account: props.account,
        kmsKeyArn: props.kmsKeyArn,
      });
    this.handler.alarmWhenFailing(
      'The redrive function fails: parked messages stay parked, however healthy the dependency is. Runbook: orders-parked.',
      props.alarmActions,
    );
  }
}
