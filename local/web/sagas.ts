import {
  DescribeExecutionCommand,
  DescribeStateMachineForExecutionCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import type { Saga, SagaSummary } from '../../web/wire';

const LISTED = 20;
/** Far more than a saga of a dozen steps with all its retries and compensations. */
const MAXIMUM_EVENTS = 1000;

/** Sagas as Step Functions knows them: which ran, and what became of each step. */
export class Sagas {
  constructor(private readonly stepFunctions: SFNClient) {}

  /** The latest, newest first. */
  async list(stateMachineArn: string): Promise<SagaSummary[]> {
    const { executions = [] } = await this.stepFunctions.send(
      new ListExecutionsCommand({ stateMachineArn, maxResults: LISTED }),
    );
    return executions
      .map(({ name = '', status = 'RUNNING', startDate, stopDate }) => ({
        name,
        status,
        startedAt: startDate?.getTime() ?? 0,
        ...(stopDate && { stoppedAt: stopDate.getTime() }),
      }))
      .sort((a, b) => b.startedAt - a.startedAt)
      .slice(0, LISTED);
  }

  /** One saga: the definition that it runs, which a later deploy leaves as it was, and its history. */
  async show(stateMachineArn: string, name: string): Promise<Saga> {
    const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    const [{ definition = '{}' }, { status = 'RUNNING' }, events] = await Promise.all([
      this.stepFunctions.send(new DescribeStateMachineForExecutionCommand({ executionArn })),
      this.stepFunctions.send(new DescribeExecutionCommand({ executionArn })),
      this.history(executionArn),
    ]);
    return { name, status, definition: JSON.parse(definition), events };
  }

  private async history(executionArn: string): Promise<HistoryEvent[]> {
    const events: HistoryEvent[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.stepFunctions.send(
        new GetExecutionHistoryCommand({ executionArn, maxResults: 500, ...(nextToken && { nextToken }) }),
      );
      events.push(...(page.events ?? []));
      nextToken = page.nextToken;
    } while (nextToken && events.length < MAXIMUM_EVENTS);
    return events;
  }
}
