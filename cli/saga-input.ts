/** What the functions of a stopped saga's steps are called with: `spillway saga input EXECUTION_ARN > input.json`, for when it can't be resumed and a person calls them. */
import { SFNClient } from '@aws-sdk/client-sfn';
import { CONNECTION, type Command, readArguments, UsageError } from './night/command';
import { connectionTo } from './night/connection';
import { isExecutionArn } from './saga-resume/request';
import { Sagas } from './saga-resume/sagas';

const USAGE = `spillway saga input EXECUTION_ARN   prints, as JSON, what the functions of its steps are called with

It reads the execution's history, which Step Functions keeps for 90 days, and changes nothing.
${CONNECTION}`;

export const sagaInput: Command = {
  usage: USAGE,
  async main(args) {
    const { values, positionals } = readArguments(args, {});
    const [executionArn, ...more] = positionals;
    if (!executionArn || more.length > 0) throw new UsageError('it takes the ARN of one execution');
    if (!isExecutionArn(executionArn)) throw new UsageError(`"${executionArn}" is no ARN of an execution`);
    const sagas = new Sagas(new SFNClient(connectionTo(executionArn, values)));
    const { name, document } = await sagas.look({ executionArn, name: executionArn.split(':').at(-1) });
    if (!document) throw new Error(`${executionArn} has entered no step of a saga`);
    const { input, results } = document;
    console.log(JSON.stringify({ saga: name, input, results }, null, 2));
  },
};
