import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetEventSourceMappingCommand, LambdaClient, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, ListQueuesCommand } from '@aws-sdk/client-sqs';
import { strToU8, zipSync } from 'fflate';
import { Deployer } from '../../local/deploy/deployer';
import { parseStack } from '../../local/deploy/synthesized';
import { OnEmulator } from './on-emulator';

const on = OnEmulator.forThisFile();
const directory = mkdtempSync(join(tmpdir(), 'spillway-deploy-'));
writeFileSync(join(directory, 'orders.zip'), zipSync({ 'index.js': strToU8('exports.handler = async () => ({});') }));

type Resources = Record<string, Record<string, object>>;

/** What Terraform would do with one stack, several times over. Every time by another deployer, as after a restart. */
function stackOf(name: string) {
  return async (resource: Resources, output: Record<string, { value: string }> = {}) => {
    const deployer = new Deployer(on.endpoint, { seconds: '45' });
    try {
      const changes = await deployer.deploy([
        parseStack(name, directory, { resource, output, variable: { seconds: { type: 'number' } } }),
      ]);
      return { changes, stack: deployer.stacks.get(name) };
    } finally {
      deployer.close();
    }
  };
}

const attributes = async (QueueUrl: string) =>
  (await on.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))).Attributes ?? {};
const queues = async (QueueNamePrefix: string) =>
  (await on.sqs.send(new ListQueuesCommand({ QueueNamePrefix }))).QueueUrls?.map((url) => url.split('/').at(-1)) ?? [];

test('a stack that is no longer synthesized is deleted, after a restart too; one that was not asked about stays', async () => {
  const queue = (name: string) => parseStack(name, directory, { resource: { aws_sqs_queue: { only: { name } } } });
  const deploy = async (names: readonly string[], patterns: readonly string[]) => {
    const deployer = new Deployer(on.endpoint, {});
    const changes = await deployer.deploy(names.map(queue), patterns);
    deployer.close();
    return { changes, stacks: [...deployer.stacks.keys()] };
  };
  await deploy(['lane-one', 'lane-two', 'other'], ['*']);
  const { changes, stacks } = await deploy(['lane-one'], ['lane-*']);
  expect(changes).toEqual({ created: 0, updated: 0, deleted: 1, unchanged: 1 });
  expect(stacks).toEqual(['lane-one']);
  expect(await queues('lane-')).toEqual(['lane-one']);
  expect(await queues('other')).toEqual(['other']);
  expect((await deploy(['lane-one'], ['lane-*'])).changes).toMatchObject({ deleted: 0 });
});

describe('deploying a stack, again and again', () => {
  const main = { name: 'tiers-main', visibility_timeout_seconds: '${var.seconds}', max_message_size: 1024 };
  const redrive = {
    queue_url: '${aws_sqs_queue.main.url}',
    redrive_policy: '{"deadLetterTargetArn":"${aws_sqs_queue.parked.arn}","maxReceiveCount":3}',
  };
  const tiers = {
    aws_sqs_queue: { main, parked: { name: 'tiers-parked' } },
    aws_sqs_queue_redrive_policy: { redrive },
  };
  const deploy = stackOf('local-tiers');

  test('created with its references resolved, then left alone', async () => {
    const url = { value: '${aws_sqs_queue.main.url}' };
    const { changes, stack } = await deploy(tiers, { url });
    expect(changes).toEqual({ created: 3, updated: 0, deleted: 0, unchanged: 0 });
    const { RedrivePolicy = '{}', ...main } = await attributes(stack?.outputs.url as string);
    expect(main).toMatchObject({ VisibilityTimeout: '45', MaximumMessageSize: '1024' });
    expect(JSON.parse(RedrivePolicy)).toMatchObject({ maxReceiveCount: 3 });
    expect(JSON.parse(RedrivePolicy).deadLetterTargetArn).toMatch(/:tiers-parked$/);
    expect((await deploy(tiers)).changes).toEqual({ created: 0, updated: 0, deleted: 0, unchanged: 3 });
  });

  test('a changed attribute is updated in place, and one that is taken away is back at its default', async () => {
    const changed = {
      ...tiers,
      aws_sqs_queue: { ...tiers.aws_sqs_queue, main: { name: 'tiers-main', delay_seconds: 7 } },
    };
    const { changes, stack } = await deploy(changed);
    expect(changes).toMatchObject({ created: 0, updated: 1, deleted: 0 });
    const url = stack?.resources.get('aws_sqs_queue.main')?.url as string;
    // The provider's default, which is less than SQS's own.
    const defaults = { VisibilityTimeout: '30', MaximumMessageSize: '262144' };
    expect(await attributes(url)).toMatchObject({ DelaySeconds: '7', ...defaults });
  });

  test('a new name is another queue, and what is gone from the stack is gone', async () => {
    const { changes } = await deploy({ aws_sqs_queue: { main: { name: 'tiers-second' } } });
    expect(changes).toMatchObject({ created: 0, updated: 1, deleted: 2 });
    expect(await queues('tiers-')).toEqual(['tiers-second']);
  });

  test('an attribute that it does not know is an error that names it', async () => {
    const strange = { aws_sqs_queue: { odd: { name: 'odd', colour: 'blue' } } };
    await expect(stackOf('local-odd')(strange)).rejects.toThrow(
      "local-odd: aws_sqs_queue.odd: local/deploy doesn't know its attribute colour",
    );
  });

  test('what was deployed before a failure is known after it', async () => {
    const half = stackOf('local-half');
    const first = { aws_sqs_queue: { good: { name: 'half-good' }, bad: {} } };
    await expect(half(first)).rejects.toThrow('local-half: aws_sqs_queue.bad: name is missing');
    const { changes } = await half({ aws_sqs_queue: { good: { name: 'half-good' }, bad: { name: 'half-bad' } } });
    expect(changes).toEqual({ created: 1, updated: 0, deleted: 0, unchanged: 1 });
  });
});

test('a mapping that was switched off meanwhile stays off through a deploy that changes it, if it ignores that', async () => {
  const deploy = stackOf('local-mapping');
  const stack = (batch_size: number): Resources => ({
    aws_sqs_queue: { source: { name: 'mapping-source', visibility_timeout_seconds: 30 } },
    aws_lambda_function: {
      handler: {
        ...{ function_name: 'mapping-handler', role: 'arn:aws:iam::000000000000:role/x', runtime: 'nodejs24.x' },
        ...{ handler: 'index.handler', filename: 'orders.zip', timeout: 3 },
      },
    },
    aws_lambda_event_source_mapping: {
      map: {
        ...{ event_source_arn: '${aws_sqs_queue.source.arn}', function_name: '${aws_lambda_function.handler.arn}' },
        ...{ enabled: true, batch_size, lifecycle: { ignore_changes: ['enabled'] } },
      },
    },
  });
  const { stack: deployed } = await deploy(stack(1));
  const UUID = deployed?.resources.get('aws_lambda_event_source_mapping.map')?.uuid as string;
  const lambda = on.client(LambdaClient);
  const mapping = async () => {
    const { BatchSize, State } = await lambda.send(new GetEventSourceMappingCommand({ UUID }));
    return { BatchSize, on: State === 'Enabled' || State === 'Enabling' };
  };
  expect(await mapping()).toEqual({ BatchSize: 1, on: true });
  await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
  expect((await deploy(stack(5))).changes).toMatchObject({ updated: 1, unchanged: 2 });
  expect(await mapping()).toEqual({ BatchSize: 5, on: false });
});
