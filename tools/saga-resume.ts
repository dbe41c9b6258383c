/**
 * Resumes sagas that are parked: `npm run saga:resume -- EXECUTION_ARN…`, or `npm run saga:resume -- --queue PARKING_QUEUE_URL` to see what is parked and
 * `--queue PARKING_QUEUE_URL --all` to resume it. A saga goes on at the step that failed; what was done is not done again.
 */
import { DescribeExecutionCommand, RedriveExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { DeleteMessageCommand, type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type Parked, parseArguments, readParked, say, verdict } from './saga-resume/parked';

const states = new SFNClient({});
const sqs = new SQSClient({});

async function resume(executionArn: string): Promise<boolean> {
  const execution = await states.send(new DescribeExecutionCommand({ executionArn }));
  const { redrive, reason } = verdict(execution);
  if (redrive) await states.send(new RedriveExecutionCommand({ executionArn }));
  console.log(`${redrive ? 'resumed' : 'left alone'}  ${executionArn}  ${reason}`);
  return redrive || execution.status === 'SUCCEEDED';
}

/** Messages stay hidden for a minute while they are looked at, and come back unless their saga goes on. */
async function* parkedIn(QueueUrl: string): AsyncGenerator<{ message: Message; parked: Parked | undefined }> {
  const seen = new Set<string>();
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 60, WaitTimeSeconds: 2 }),
    );
    const fresh = Messages.filter(({ MessageId = '' }) => !seen.has(MessageId));
    if (fresh.length === 0) return;
    for (const message of fresh) {
      seen.add(message.MessageId ?? '');
      yield { message, parked: readParked(message.Body ?? '') };
    }
  }
}

async function main(): Promise<void> {
  const request = parseArguments(process.argv.slice(2));
  if ('usage' in request) {
    console.error(request.usage);
    process.exitCode = 2;
    return;
  }
  let failed = false;
  const attempt = async (executionArn: string): Promise<boolean> => {
    try {
      return await resume(executionArn);
    } catch (error) {
      failed = true;
      console.error(`failed     ${executionArn}  ${(error as Error).name}: ${(error as Error).message}`);
      return false;
    }
  };
  for (const executionArn of request.executions) await attempt(executionArn);
  if (request.queueUrl) {
    for await (const { message, parked } of parkedIn(request.queueUrl)) {
      console.log(say(message.MessageId ?? '', parked));
      if (!request.all || !parked || !(await attempt(parked.execution))) continue;
      await sqs.send(new DeleteMessageCommand({ QueueUrl: request.queueUrl, ReceiptHandle: message.ReceiptHandle }));
    }
  }
  if (failed) process.exitCode = 1;
}

void main();
