import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Recoveries } from './reconcile';

/** Executions of the recovery's state machine. */
export function stepFunctionsRecoveries(sfn: SFNClient, stateMachineArn: string): Recoveries {
  return {
    start: async (name, input) => {
      try {
        // The same name and input while it runs is no error, and starts nothing. Source: Step Functions API, StartExecution.
        await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
        return 'running';
      } catch (error) {
        if (!(error instanceof ExecutionAlreadyExists)) throw error;
      }
      const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
      // Without what is encrypted, so that no key is needed to see it. Source: Step Functions API, DescribeExecution, includedData.
      const { status } = await sfn.send(new DescribeExecutionCommand({ executionArn, includedData: 'METADATA_ONLY' }));
      return status === 'RUNNING' ? 'running' : 'ended';
    },
  };
}
