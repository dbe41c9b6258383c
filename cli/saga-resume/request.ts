import { CONNECTION, readArguments, UsageError } from '../night/command';

export const USAGE = `spillway saga resume --saga STATE_MACHINE_ARN         show what has stopped half-way
spillway saga resume --saga STATE_MACHINE_ARN --all   resume all of it, and take the messages of what goes on out of the parking queue
spillway saga resume EXECUTION_ARN…                   resume these

The ARN is the stack's output saga_state_machine_arn. Looking changes nothing, and touches the parking queue not at all.
${CONNECTION}`;

export interface Request {
  readonly executions: readonly string[];
  readonly stateMachineArn?: string;
  readonly all: boolean;
  readonly region?: string;
  readonly endpoint?: string;
}

export const isExecutionArn = (arn: string): boolean =>
  /^arn:[\w-]+:states:[\w-]+:\d{12}:execution:[^:]+:[^:]+$/.test(arn);

/** @throws UsageError that says what is wrong */
export function parseRequest(args: readonly string[]): Request {
  const { values, positionals } = readArguments(args, {
    saga: { type: 'string' },
    all: { type: 'boolean', default: false },
  });
  const { saga: stateMachineArn, all, region, endpoint } = values;
  const wrong = positionals.find((arn) => !isExecutionArn(arn));
  if (wrong) throw new UsageError(`"${wrong}" is no ARN of an execution`);
  if (stateMachineArn && !/^arn:[\w-]+:states:[\w-]+:\d{12}:stateMachine:[^:]+$/.test(stateMachineArn)) {
    throw new UsageError(`--saga is "${stateMachineArn}"; it takes the ARN of a state machine`);
  }
  if (all && !stateMachineArn) throw new UsageError('--all needs --saga');
  if (stateMachineArn && positionals.length > 0) {
    throw new UsageError('either --saga or ARNs of executions');
  }
  if (!stateMachineArn && positionals.length === 0)
    throw new UsageError('--saga is missing, or an ARN of an execution');
  return { executions: positionals, stateMachineArn, all, region, endpoint };
}
