import { Consumer } from '../../modules/consumer';
import { ExistingFunction, type ExistingFunctionProps } from '../../modules/lambda-function';
import { TieredQueue } from '../../modules/tiered-queue';
import { allowed, synthesized } from './synthesized';

const props: ExistingFunctionProps = {
  functionArn: 'arn:aws:lambda:eu-central-1:111111111111:function:receipts',
  functionName: 'receipts',
  roleName: 'receipts-role',
  policyName: 'receipts-queue',
  timeout: 20,
};
const consumed = (change: Partial<ExistingFunctionProps> = {}) =>
  synthesized((stack) => {
    const handler = new ExistingFunction(stack, 'handler', { ...props, ...change });
    new Consumer(stack, 'consumer', { queue: new TieredQueue(stack, 'orders', { queueName: 'orders' }), handler });
  });

test('a function that is there already is fed, and its role gets what it needs for that', () => {
  const synth = consumed();
  expect(synth.one('aws_lambda_event_source_mapping', 'mapping')).toMatchObject({
    function_name: props.functionArn,
    // Lambda refuses a mapping whose function may not read the queue.
    depends_on: [expect.stringMatching(/^aws_iam_role_policy\.handler_policy/)],
  });
  expect(synth.one('aws_iam_role_policy', 'policy')).toMatchObject({ name: 'receipts-queue', role: 'receipts-role' });
  expect(allowed(synth, 'policy').map((line) => line.split(' on ')[0])).toEqual([
    'sqs:ChangeMessageVisibility',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    'sqs:ReceiveMessage',
    'sqs:SendMessage',
  ]);
});

test('it has the same alarm as a function that is made here', () => {
  const synth = synthesized((stack) => {
    new ExistingFunction(stack, 'handler', props).alarmWhenFailing('Receipts are not sent.', ['arn:topic']);
  });
  expect(synth.one('aws_cloudwatch_metric_alarm', 'failing')).toMatchObject({
    alarm_name: 'receipts-failing',
    alarm_description: 'Receipts are not sent.',
    metric_name: 'Errors',
    dimensions: { FunctionName: 'receipts' },
    alarm_actions: ['arn:topic'],
  });
});

test('its role is left alone until it is granted something', () => {
  const synth = synthesized((stack) => new ExistingFunction(stack, 'handler', props));
  expect(synth.all('aws_iam_role_policy')).toEqual([]);
});

test('it is held to the same rules: the visibility timeout is six times its time-out', () => {
  expect(() => consumed({ timeout: 60 })).toThrow("the handler's timeout is 60 s; Lambda needs at least 6 × (360 s)");
});

test.each<[Partial<ExistingFunctionProps>, string]>([
  [{ functionArn: 'receipts' }, 'functionArn is "receipts"'],
  [{ policyName: 'a policy' }, 'policyName is "a policy"'],
  [{ timeout: 901 }, 'timeout is 901 s'],
  [{ reservedConcurrency: -1 }, 'reservedConcurrency is -1; it takes whole numbers from 0'],
])('%j does not synthesize', (change, message) => {
  expect(() => consumed(change)).toThrow(message);
});
