import type { LambdaFunction } from '../lambda-function';
import type { Task } from './definition';

/** What a function of ours gets: the saga's name, its input, and the results of the tasks before it. */
const PAYLOAD =
  "{% {'saga': $states.context.Execution.Name, 'input': $states.input.input, 'results': $states.input.results} %}";

/** One of our functions as a task. The time-out is the function's own and 5 s for the call, so that a hanging sandbox ends first. */
export function lambdaTask(
  name: string,
  handler: LambdaFunction,
  settings: Pick<Task, 'retry' | 'timeout'> = {},
): Task {
  return {
    timeout: handler.timeout + 5,
    ...settings,
    name,
    resource: 'arn:aws:states:::lambda:invoke',
    arguments: { FunctionName: handler.arn, Payload: PAYLOAD },
    result: '$states.result.Payload',
    permissions: [{ actions: ['lambda:InvokeFunction'], resources: [handler.arn] }],
  };
}
