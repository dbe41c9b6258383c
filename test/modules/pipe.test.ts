import { ExistingFunction } from '../../modules/lambda-function';
import { Pipe, type PipeProps, type PipeTarget } from '../../modules/pipe';
import { allowed, synthesized } from './synthesized';

const [account, region] = ['111111111111', 'us-east-1'];
const arn = (service: string, name: string) => `arn:aws:${service}:${region}:${account}:${name}`;
const kmsKeyArn = arn('kms', 'key/1');

type Change = Partial<Omit<PipeProps, 'target'>> & { readonly to?: PipeTarget; readonly enriched?: boolean };
const stack = ({ to, enriched, ...change }: Change = {}) =>
  synthesized((scope) => {
    const fn = (functionName: string) =>
      new ExistingFunction(scope, functionName, {
        ...{ functionArn: arn('lambda', `function:${functionName}`), functionName },
        ...{ roleName: functionName, policyName: 'spillway', timeout: 20 },
      });
    new Pipe(scope, 'pipe', {
      ...{ pipeName: 'orders', account, region, source: { arn: arn('sqs', 'orders') } },
      target: to ?? { handler: fn('cook') },
      enrichment: enriched ? fn('enrich') : undefined,
      ...change,
    });
  });
const receiving = ['DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'].map(
  (action) => `sqs:${action} on ${arn('sqs', 'orders')}`,
);

test.each<[string, PipeTarget, string[], object]>([
  ['a state machine', { stateMachineArn: arn('states', 'stateMachine:saga') }, [`states:StartExecution on ${arn('states', 'stateMachine:saga')}`], { step_function_state_machine_parameters: { invocation_type: 'FIRE_AND_FORGET' } }],
  ['a queue', { queue: { arn: arn('sqs', 'kitchen.fifo') }, messageGroupId: '$.body.id' }, [`sqs:SendMessage on ${arn('sqs', 'kitchen.fifo')}`], { sqs_queue_parameters: { message_group_id: '$.body.id' } }],
  ['a bus', { busArn: arn('events', 'event-bus/orders'), detailType: 'OrderPlaced', source: 'shop' }, [`events:PutEvents on ${arn('events', 'event-bus/orders')}`], { eventbridge_event_bus_parameters: { detail_type: 'OrderPlaced', source: 'shop' } }],
])('to %s the role may do the one thing that it takes', (_, to, may, parameters) => {
  const synth = stack({ to });
  expect(allowed(synth, 'pipe/policy')).toEqual([...may, ...receiving].sort());
  expect(synth.one('aws_pipes_pipe', 'pipe').target_parameters).toEqual(parameters);
}); // biome-ignore format: a table

test('messages are filtered, enriched by a function, and handled by another, which is waited for', () => {
  const synth = stack({ enriched: true, filterPatterns: [{ body: { size: ['large'] } }], batchingWindow: 5 });
  expect(synth.one('aws_pipes_pipe', 'pipe')).toMatchObject({
    enrichment: arn('lambda', 'function:enrich'),
    target: arn('lambda', 'function:cook'),
    target_parameters: { lambda_function_parameters: { invocation_type: 'REQUEST_RESPONSE' } },
    source_parameters: {
      filter_criteria: { filter: [{ pattern: '{"body":{"size":["large"]}}' }] },
      sqs_queue_parameters: { batch_size: 10, maximum_batching_window_in_seconds: 5 },
    },
  });
  expect(allowed(synth, 'pipe/policy').filter((line) => line.startsWith('lambda:'))).toHaveLength(2);
});

test('an encrypted source and target need their keys', () => {
  const synth = stack({ kmsKeyArn, to: { queue: { arn: arn('sqs', 'kitchen'), kmsKeyArn: arn('kms', 'key/2') } } });
  expect(allowed(synth, 'pipe/policy').filter((line) => line.startsWith('kms:'))).toEqual([
    `kms:Decrypt on ${kmsKeyArn}`,
    `kms:Decrypt on ${arn('kms', 'key/2')}`,
    `kms:GenerateDataKey on ${arn('kms', 'key/2')}`,
  ]);
});

test('a pipe that a breaker stops is left alone by the next apply', () => {
  const pipe = (change?: Change) => stack(change).one('aws_pipes_pipe', 'pipe');
  expect(pipe({ switchedAtRunTime: true })).toMatchObject({
    ...{ desired_state: 'RUNNING', lifecycle: { ignore_changes: ['desired_state'] } },
  });
  expect(pipe()).not.toHaveProperty('lifecycle');
});

test.each<[Change, string]>([
  [{ pipeName: 'a b' }, 'pipeName is "a b"'],
  [{ batchSize: 11 }, 'batchSize is 11; a pipe from SQS takes whole numbers from 1 to 10'],
  [{ batchingWindow: 301 }, 'batchingWindow is 301 s'],
  [{ visibilityTimeout: 119 }, 'visibilityTimeout is 119 s, but enrichment and target may take 20 s'],
  [{ visibilityTimeout: 240, enriched: true, batchingWindow: 1 }, 'may take 40 s; the queue has to hide a message for 6 × that, and the window (241 s)'],
  [{ filterPatterns: [{}, {}, {}, {}, {}, {}] }, 'filterPatterns has 6 patterns; EventBridge takes 1 to 5'],
])('%j does not synthesize', (change, message) => {
  expect(() => stack(change)).toThrow(message);
}); // biome-ignore format: a table
