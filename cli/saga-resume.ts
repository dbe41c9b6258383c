/**
 * Sagas that have stopped half-way: `spillway saga resume --saga STATE_MACHINE_ARN` shows them, with `--all` they go on, each at the step that failed; what was
 * done is not done again.
 */
import { SFNClient } from '@aws-sdk/client-sfn';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type Command, explain } from './night/command';
import { connectionTo } from './night/connection';
import { HeldMessages } from './night/held-messages';
import { clearSettled } from './saga-resume/clear';
import { REDRIVABLE_DAYS, say } from './saga-resume/parked';
import { parseRequest, type Request, USAGE } from './saga-resume/request';
import { Sagas } from './saga-resume/sagas';

/** @returns whether it needs nobody any more; a failure is said, and doesn't stop the others */
async function resume(sagas: Sagas, executionArn: string): Promise<boolean> {
  try {
    const { redriven, settled, reason } = await sagas.resume(executionArn);
    console.log(`${redriven ? 'resumed' : 'left alone'}  ${executionArn}  ${reason}`);
    return settled;
  } catch (error) {
    process.exitCode = 1;
    console.error(`failed     ${executionArn}  ${explain(error)}`);
    return false;
  }
}

/** Those that Step Functions still lets resume, and how many it doesn't. */
async function unfinished(sagas: Sagas, stateMachineArn: string) {
  const found = await sagas.unfinished(stateMachineArn);
  const oldest = Date.now() - REDRIVABLE_DAYS * 86_400_000;
  const young = found.filter(({ stopDate }) => (stopDate?.getTime() ?? 0) >= oldest);
  return { young, tooOld: found.length - young.length };
}

/** The parking queue of a saga is named after it: modules/saga/saga.ts. */
async function clear(sagas: Sagas, request: Request, stateMachineArn: string, settled: Set<string>): Promise<void> {
  const QueueName = `${stateMachineArn.split(':').at(-1)}-parked`;
  const sqs = new SQSClient(connectionTo(stateMachineArn, request));
  const { QueueUrl = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  const held = new HeldMessages(sqs, QueueUrl);
  try {
    const cleared = await clearSettled(held, async (arn) => settled.has(arn) || (await sagas.settled(arn)));
    console.log(`${cleared} taken out of the parking queue; left in it: ${held.count}`);
  } finally {
    await held.putBack();
  }
}

async function ofSaga(sagas: Sagas, request: Request, stateMachineArn: string): Promise<void> {
  const { young, tooOld } = await unfinished(sagas, stateMachineArn);
  const settled = new Set<string>();
  for (const item of young) {
    if (request.all) {
      if (await resume(sagas, item.executionArn ?? '')) settled.add(item.executionArn ?? '');
    } else console.log(say(await sagas.look(item)));
  }
  console.log(young.length === 0 ? 'Nothing is parked.' : `${young.length} in all`);
  if (tooOld > 0) {
    console.log(`${tooOld} ended more than ${REDRIVABLE_DAYS} days ago; what to do: docs/runbooks/saga-parked.md`);
  }
  if (request.all) await clear(sagas, request, stateMachineArn, settled);
}

export const sagaResume: Command = {
  usage: USAGE,
  async main(args) {
    const request = parseRequest(args);
    const { executions, stateMachineArn } = request;
    const connection = (arn: string) => new Sagas(new SFNClient(connectionTo(arn, request)));
    if (stateMachineArn) return ofSaga(connection(stateMachineArn), request, stateMachineArn);
    for (const executionArn of executions) await resume(connection(executionArn), executionArn);
  },
};
