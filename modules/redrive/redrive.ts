import { Construct } from 'constructs';
import { RELEASE_PROBLEMS, type RedriveRequest, redrive } from '../../functions/operations/redrive/contract';
import { withDefaults } from '../defaults';
import { LambdaFunction } from '../lambda-function';
import { checkProps } from '../props';
import { invokeEvery } from '../schedule';
import { grantRedrive } from '../tiered-queue';
import { type RedriveProps, rules } from './props';
import { releasesByItself } from './release';

/** Releases parked messages at a set rate while a canary says that the dependency is back. */
export class Redrive extends Construct {
  readonly handler: LambdaFunction<typeof redrive>;

  constructor(scope: Construct, id: string, given: RedriveProps) {
    super(scope, id);
    const props = withDefaults(this, given, 'functionName');
    checkProps(this.node.path, props, rules, 'RedriveProps', given);
    const { queue, functionName, canary, everyMinutes = 1, reservedConcurrency = 3, alarmActions } = props;
    if (everyMinutes !== 'off') releasesByItself(this, queue, 'a schedule');
    this.handler = new LambdaFunction(this, 'handler', {
      contract: redrive,
      functionName,
      description: `Releases ${functionName}'s parked messages while the canary is green`,
      environment: {
        PARKED_QUEUE_ARN: queue.parked.arn,
        PARKED_QUEUE_URL: queue.parked.url,
        MAIN_QUEUE_ARN: queue.main.arn,
        CANARY_FUNCTION: canary.handler.arn,
        RATE: String(props.rate ?? 1),
        CANARIES: String(props.canaries ?? 3),
        CANARY_TIMEOUT_MS: String(props.canaryTimeoutMs ?? 5000),
      },
      // As long as Lambda lets it: the run that starts a move stays with it, and what it can't stay with it cancels.
      timeout: 900,
      memorySize: 256,
      // One that stays with a move, one for the schedule's looks meanwhile, and one for a person.
      reservedConcurrency: reservedConcurrency === 'none' ? undefined : reservedConcurrency,
      logRetentionDays: props.logRetentionDays,
      kmsKeyArn: props.kmsKeyArn,
    });
    grantRedrive(queue, this.handler);
    // A run by hand answers at once, and leaves the move to a run that stays with it.
    this.handler.grantInvokeItself();
    this.handler.grant(['lambda:InvokeFunction'], [canary.handler.arn]);
    if (everyMinutes === 'off') this.handler.neverRepeat('parked', alarmActions);
    else
      invokeEvery(this, this.handler, {
        name: functionName,
        description: 'Looks whether parked messages can be released',
        minutes: everyMinutes,
        input: { operation: 'redrive', watch: true } satisfies RedriveRequest,
        account: props.account,
        kmsKeyArn: props.kmsKeyArn,
        runbook: 'parked',
        alarmActions,
      });
    this.handler.alarmWhenFailing(
      'The redrive function fails: parked messages stay parked, however healthy the dependency is. Runbook: parked.',
      alarmActions,
    );
    this.handler.alarmOnOwnMetric(
      'problems',
      {
        metricName: RELEASE_PROBLEMS,
        description:
          'Parked messages stay parked for a reason of our own side: the last move failed, or the canary could not be asked. The log of the function, or a dry run, says which. Runbook: parked.',
        minutes: { bad: 1, of: 1 },
      },
      alarmActions,
    );
  }
}
