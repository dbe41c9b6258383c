import {
  DescribeExecutionCommand,
  type ExecutionListItem,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  RedriveExecutionCommand,
  type SFNClient,
  type StateEnteredEventDetails,
} from '@aws-sdk/client-sfn';
import { readDocument, type Unfinished, verdict } from './parked';

/** Redrive takes what ended so. Source: Step Functions guide, "Restarting state machine executions with redrive". */
const UNFINISHED = ['FAILED', 'ABORTED', 'TIMED_OUT'] as const;

/** Events looked at from the end of a history: enough to come past a parked state's; then enough for one that was stopped amid its retries. */
const LAST_EVENTS = [20, 1000];

/**
 * The sagas of one state machine, as Step Functions knows them. Not the parking queue's messages: a message that is received three times and not deleted drops
 * out of the age that the alarm on the queue looks at (SQS guide, "Available CloudWatch metrics", ApproximateAgeOfOldestMessage), so looking must not receive.
 */
export class Sagas {
  constructor(private readonly states: Pick<SFNClient, 'send'>) {}

  /** What has stopped half-way, the longest ago first. */
  async unfinished(stateMachineArn: string): Promise<ExecutionListItem[]> {
    const found: ExecutionListItem[] = [];
    for (const statusFilter of UNFINISHED) {
      let nextToken: string | undefined;
      do {
        const page = await this.states.send(new ListExecutionsCommand({ stateMachineArn, statusFilter, nextToken }));
        found.push(...(page.executions ?? []));
        nextToken = page.nextToken;
      } while (nextToken);
    }
    return found.sort((a, b) => stopOf(a).getTime() - stopOf(b).getTime());
  }

  async look(item: Partial<ExecutionListItem>): Promise<Unfinished> {
    const { executionArn = '', name = '', status = '' } = item;
    let entered: StateEnteredEventDetails | undefined;
    let last: HistoryEvent | undefined;
    for (const maxResults of LAST_EVENTS) {
      const page = await this.states.send(
        new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults }),
      );
      const states = (page.events ?? []).flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails ?? []);
      // In a parallel group another branch may have gone on for a moment after the one that was parked.
      entered = states.find(({ input }) => readDocument(input)?.parked) ?? states[0];
      last = page.events?.[0];
      if (entered) break;
    }
    const ended = last?.executionFailedEventDetails ?? last?.executionAbortedEventDetails;
    return {
      ...{ executionArn, name, status, stopDate: stopOf(item), at: entered?.name },
      document: readDocument(entered?.input),
      ...{ error: ended?.error, cause: ended?.cause },
    };
  }

  /** Redrives it if it can be. `settled`: it goes on, or has ended well; nobody has to look at it any more. */
  async resume(executionArn: string): Promise<{ redriven: boolean; settled: boolean; reason: string }> {
    const execution = await this.states.send(new DescribeExecutionCommand({ executionArn }));
    const { redrive, reason } = verdict(execution);
    if (redrive) await this.states.send(new RedriveExecutionCommand({ executionArn }));
    return { redriven: redrive, settled: redrive || isSettled(execution), reason };
  }

  async settled(executionArn: string): Promise<boolean> {
    return isSettled(await this.states.send(new DescribeExecutionCommand({ executionArn })));
  }
}

const isSettled = ({ status }: { readonly status?: string }) => status === 'RUNNING' || status === 'SUCCEEDED';

const stopOf = ({ stopDate, startDate }: Partial<ExecutionListItem>): Date => stopDate ?? startDate ?? new Date(0);
