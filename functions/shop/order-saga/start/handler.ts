import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { consumer } from '../../../runtime/consumer';
import { Internal, isFailure } from '../../../runtime/failures';
import { patience } from '../../../runtime/patience';
import { checkPrice } from '../../domain/order';
import { keepOrder } from '../../orders/keep';
import { startOrderSaga } from './contract';
import { pipe } from './pipe';
import { type Executions, startSaga } from './start-saga';

const states = new SFNClient(patience());

const executions = (stateMachineArn: string, abortSignal: AbortSignal): Executions => ({
  start: async (name, input) => {
    try {
      await states.send(new StartExecutionCommand({ stateMachineArn, name, input }), { abortSignal });
      return 'started';
    } catch (error) {
      if (error instanceof ExecutionAlreadyExists) return 'exists';
      throw error;
    }
  },
  inputOf: async (name) => {
    const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    return (await states.send(new DescribeExecutionCommand({ executionArn }), { abortSignal })).input ?? '';
  },
});

/** From an event source mapping or from a pipe. */
export const handler = consumer(startOrderSaga, {
  admit: checkPrice,
  keep: keepOrder,
  work: (order, { environment, signal }) => startSaga(order, executions(environment.STATE_MACHINE_ARN, signal)),
  // Nothing is called here but what is our own.
  sort: (error) => (isFailure(error) ? error : new Internal((error as Error).message, { cause: error })),
  source: pipe,
});
