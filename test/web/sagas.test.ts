import {
  DescribeExecutionCommand,
  DescribeStateMachineForExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { Sagas } from '../../local/web/sagas';

const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:saga';

/** Step Functions with one execution, whose definition has been changed since it began. */
class StepFunctions extends SFNClient {
  override async send(command: { input: object }): Promise<never> {
    const { executionArn } = command.input as { executionArn?: string };
    if (executionArn !== 'arn:aws:states:us-east-1:000000000000:execution:saga:order-1') throw new Error('not found');
    if (command instanceof DescribeStateMachineForExecutionCommand) return { definition: '{"Comment":"old"}' } as never;
    if (command instanceof DescribeExecutionCommand) return { status: 'RUNNING' } as never;
    if (command instanceof GetExecutionHistoryCommand) return { events: [{ id: 1 }] } as never;
    throw new Error(`${command.constructor.name} is not about this execution`);
  }
}

test('a saga is shown with the definition that it runs, not with one that was deployed since', async () => {
  expect(await new Sagas(new StepFunctions()).show(MACHINE, 'order-1')).toEqual({
    ...{ name: 'order-1', status: 'RUNNING', definition: { Comment: 'old' }, events: [{ id: 1 }] },
  });
});
