/** What the recovery's state machine calls. */
export interface RecoveryTasks {
  /** ARN of `functions/operations/circuit-breaker/recover`. */
  readonly recoverArn: string;
}

/**
 * The recovery in Amazon States Language: look, wait, look, ask a canary, look again. It decides nothing; `recover` does, from the
 * table. What each phase waits for is a state of its own, so that an execution shows at a glance where an outage stands.
 */
export function recoveryDefinition({ recoverArn }: RecoveryTasks): object {
  // A look follows every wait: a person may have held the breaker open in the meantime, and then nothing may be asked.
  const wait = (comment: string) => ({ Type: 'Wait', Comment: comment, SecondsPath: '$.seconds', Next: 'Look' });
  const phase = (name: string, next: string) => ({ Variable: '$.phase', StringEquals: name, Next: next });
  return {
    Comment: 'Brings one dependency back after an outage',
    StartAt: 'Look',
    States: {
      Look: {
        Type: 'Task',
        Comment: 'What the canary said, put against what the table says',
        Resource: 'arn:aws:states:::lambda:invoke',
        Parameters: { FunctionName: recoverArn, 'Payload.$': '$' },
        OutputPath: '$.Payload',
        Retry: [
          {
            ErrorEquals: ['States.ALL'],
            IntervalSeconds: 2,
            MaxAttempts: 10,
            BackoffRate: 2,
            MaxDelaySeconds: 60,
            JitterStrategy: 'FULL',
          },
        ],
        Next: 'Phase',
      },
      Phase: {
        Type: 'Choice',
        Choices: [
          phase('open', 'Open'),
          phase('half-open', 'Half-open'),
          phase('closed', 'Closed'),
          phase('held', 'Held open'),
          phase('ask', 'Canary'),
          phase('hand-over', 'Hand over'),
        ],
        Default: 'Done',
      },
      Open: wait('Nothing calls the dependency until the next canary'),
      'Half-open': wait('Few calls, under watch; parked messages come at a trickle'),
      Closed: wait('All calls; parked messages come at a growing rate'),
      'Held open': wait('A person holds it open'),
      Canary: {
        Type: 'Task',
        Comment: 'A call that proves that the dependency works, and does nothing else',
        Resource: 'arn:aws:states:::lambda:invoke',
        Parameters: { 'FunctionName.$': '$.canaryFunction', Payload: {} },
        TimeoutSeconds: 60,
        ResultSelector: { 'answer.$': '$.Payload' },
        ResultPath: '$.canary',
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.canary', Next: 'Look' }],
        Next: 'Look',
      },
      'Hand over': {
        Type: 'Task',
        Comment: 'An execution has room for 25,000 events: a long outage goes on in the next one',
        Resource: 'arn:aws:states:::states:startExecution',
        Parameters: {
          'StateMachineArn.$': '$$.StateMachine.Id',
          'Name.$': '$.next.name',
          'Input.$': '$.next.input',
        },
        // Started by the reconciler already, or by it within a minute.
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Done' }],
        Next: 'Done',
      },
      Done: { Type: 'Succeed' },
    },
  };
}
