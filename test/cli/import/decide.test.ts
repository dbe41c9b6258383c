import fc from 'fast-check';
import { blocksOf, written } from '../../../cli/import/blocks';
import { type Answer, decide, type Request } from '../../../cli/import/decide';
import type { Existing, Values } from '../../../cli/import/resources';
import { say } from '../../../cli/import/say';
import { stackOf } from '../../../cli/import/stack';
import { resourcesIn } from '../../../cli/import/state';
import { ordersStack } from './stacks';

const ACCOUNT = '111111111111';
const arn = (name: string) => `arn:aws:sqs:eu-central-1:${ACCOUNT}:${name}`;
const url = (name: string) => `https://sqs.eu-central-1.amazonaws.com/${ACCOUNT}/${name}`;
const functionArn = `arn:aws:lambda:eu-central-1:${ACCOUNT}:function:orders`;

/** What a queue is, as its state or AWS has it. */
const queue = (name: string, values: Values = {}): Values => ({
  ...{ name, arn: arn(name), url: url(name), id: url(name), fifo_queue: false, visibility_timeout_seconds: 30 },
  ...{ message_retention_seconds: 345_600, receive_wait_time_seconds: 0, max_message_size: 262_144, delay_seconds: 0 },
  ...values,
});
const withDeadLetters = {
  redrive_policy: JSON.stringify({ deadLetterTargetArn: arn('orders-dlq'), maxReceiveCount: 3 }),
};
const mapping: Values = {
  uuid: '0a-1b',
  id: '0a-1b',
  event_source_arn: arn('orders'),
  function_name: functionArn,
  enabled: true,
};
const lambda: Values = {
  function_name: 'orders',
  arn: functionArn,
  timeout: 3,
  runtime: 'python3.13',
  package_type: 'Zip',
};

const onAws = (type: string, name: string, values: Values): Existing => ({ type, name, values, from: 'aws' });
/** A queue with its dead-letter queue, function and mapping, made by hand. */
const byHand = (main: Values = {}): Existing[] => [
  onAws('aws_sqs_queue', 'orders', queue('orders', { ...withDeadLetters, ...main })),
  onAws('aws_sqs_queue', 'orders-dlq', queue('orders-dlq')),
  onAws('aws_lambda_event_source_mapping', '0a-1b', mapping),
  onAws('aws_lambda_function', 'orders', lambda),
];

const adopting = ordersStack({ parkedName: 'orders-dlq' });
const answered = (
  existing: readonly Existing[],
  { json = adopting, ...more }: Partial<Request> & { json?: unknown } = {},
) => decide({ stack: stackOf(json, 'cdk.tf.json'), existing, take: [], leave: [], asked: [], ...more });
const becomes = ({ takeovers }: Answer) =>
  Object.fromEntries(takeovers.map(({ existing, planned }) => [existing.name, planned.path ?? planned.address]));
const importIds = (answer: Answer) =>
  Object.fromEntries(blocksOf(answer).import.map(({ to, id }) => [to.replace(/_[0-9A-F]{8}$/, ''), id]));

describe('made by hand on AWS', () => {
  test('a queue, its dead-letter queue, its function and its mapping find their places', () => {
    const answer = answered(byHand());
    expect(answer.refusals).toEqual([]);
    expect(becomes(answer)).toEqual({
      orders: 'handler/function',
      'orders-dlq': 'queue/parked',
      '0a-1b': 'consumer/mapping',
    });
    expect(importIds(answer)).toEqual({
      'aws_sqs_queue.queue_main': url('orders'),
      'aws_sqs_queue.queue_parked': url('orders-dlq'),
      'aws_lambda_event_source_mapping.consumer_mapping': '0a-1b',
      'aws_lambda_function.handler_function': 'orders',
    });
  });

  test('what a plan would change of them is said, and nothing of it replaces', () => {
    const said = say(answered(byHand()));
    expect(said).toContain('visibility_timeout_seconds: 30 → 180');
    expect(said).toContain('maxReceiveCount');
    expect(said).toContain("code: the stack's archive takes the place of what runs now");
    expect(said).not.toContain('REPLACES');
  });

  test('a dead-letter queue of another name is refused, with the prop that keeps it', () => {
    const { refusals } = answered(byHand(), { json: ordersStack() });
    expect(refusals).toEqual([
      'orders-dlq would be replaced at queue/parked: name is "orders-dlq", will be "orders-parked". Set parkedName: "orders-dlq", or --leave orders-dlq',
    ]);
  });

  test('left outside, it stays as it is, and a new one is made', () => {
    const answer = answered(byHand(), { json: ordersStack(), leave: ['orders-dlq'] });
    expect(answer.refusals).toEqual([]);
    expect(answer.left.map(({ name }) => name)).toEqual(['orders-dlq']);
    expect(answer.made.map(({ path }) => path)).toContain('queue/parked');
  });

  test('a mapping whose queue is left outside is refused: another queue is another mapping', () => {
    const { refusals } = answered(byHand(), {
      leave: ['orders-dlq'],
      take: [{ what: '0a-1b', becomes: 'consumer/mapping' }],
      json: ordersStack({ queueName: 'coffee' }),
    });
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toContain('event_source_arn');
    expect(refusals[0]).toContain('Take that over as well');
  });

  test('a FIFO queue does not become a standard one', () => {
    const main = { name: 'orders.fifo', url: url('orders.fifo'), arn: arn('orders.fifo'), fifo_queue: true };
    const { refusals } = answered([onAws('aws_sqs_queue', 'orders.fifo', queue('orders', main))], {
      take: [{ what: 'orders.fifo', becomes: 'queue/main' }],
    });
    expect(refusals.join()).toContain('Set fifo: true');
  });

  test('a policy that is there is imported, so that the plan shows what it no longer allows', () => {
    const policy = JSON.stringify({ Statement: [{ Sid: 'FromSns', Effect: 'Allow', Action: 'sqs:SendMessage' }] });
    const answer = answered(byHand({ policy }));
    expect(importIds(answer)).toMatchObject({ 'aws_sqs_queue_policy.queue_main-policy': url('orders') });
    expect(say(answer)).toContain('policy: {FromSns} → {OnlyOverTls}');
  });

  test('a name that was given and has no place is refused, with the places that are free', () => {
    const { refusals } = answered([onAws('aws_sqs_queue', 'coffee', queue('coffee'))], {
      asked: [{ type: 'aws_sqs_queue', name: 'coffee' }],
    });
    expect(refusals.join()).toContain('coffee: the stack has no queue of this name');
    expect(refusals.join()).toContain('queue/main');
  });

  test('a queue and its function may have one name', () => {
    const { refusals } = answered(byHand(), {
      asked: [{ type: 'aws_sqs_queue', name: 'orders' }],
      take: [{ what: 'orders', becomes: 'queue/main' }],
    });
    expect(refusals).toEqual([]);
  });

  test('the variables of a function are never printed: they may be secrets', () => {
    const [main, dlq, events, { type, name, from }] = byHand() as [Existing, Existing, Existing, Existing];
    const values = { ...lambda, environment: { variables: { ORDERS_TABLE: 'old', TOKEN: 'hunter2' } } };
    const answer = answered([main, dlq, events, { type, name, from, values }]);
    expect(say(answer)).toContain('environment.variables.TOKEN: (hidden) → nothing');
    expect(JSON.stringify(answer.takeovers.map(({ changes }) => changes))).not.toMatch(/hunter2|"old"/);
  });
});

/** terraform.tfstate of plain Terraform. */
const stateOf = (
  resources: readonly (readonly [type: string, name: string, values: Values, module?: string, key?: number])[],
) => ({
  ...{ version: 4, terraform_version: '1.11.4', serial: 3, lineage: 'x', outputs: {} },
  resources: resources.map(([type, name, attributes, module, index_key]) => ({
    ...{
      mode: 'managed',
      type,
      name,
      ...(module && { module }),
      provider: 'provider["registry.terraform.io/hashicorp/aws"]',
    },
    instances: [{ schema_version: 0, attributes, ...(index_key !== undefined && { index_key }) }],
  })),
});

describe('in the state of plain Terraform', () => {
  const state = stateOf([
    ['aws_sqs_queue', 'orders', queue('orders', withDeadLetters)],
    ['aws_sqs_queue', 'orders_dlq', queue('orders-dlq')],
    ['aws_lambda_event_source_mapping', 'orders', mapping],
    ['aws_lambda_function', 'orders', lambda],
    ['aws_lambda_permission', 'console', { function_name: 'orders', statement_id: 'Console', id: 'Console' }],
    ['aws_vpc', 'main', { id: 'vpc-1' }],
  ]);

  test('of another state, they are imported, and that state forgets them with their settings', () => {
    const answer = answered(resourcesIn(state, 'terraform.tfstate', 'other'));
    expect(answer.refusals).toEqual([]);
    expect(blocksOf(answer).import).toHaveLength(4);
    expect(blocksOf(answer).removed.map(({ from }) => from)).toEqual(
      [
        'aws_sqs_queue.orders_dlq',
        'aws_lambda_function.orders',
        'aws_sqs_queue.orders',
        'aws_lambda_event_source_mapping.orders',
        'aws_lambda_permission.console',
      ].sort(
        (a, b) =>
          blocksOf(answer).removed.findIndex(({ from }) => from === a) -
          blocksOf(answer).removed.findIndex(({ from }) => from === b),
      ),
    );
    expect(answer.left.map(({ name }) => name)).toEqual(['aws_vpc.main']);
  });

  test('of the same state, they are moved in it', () => {
    const answer = answered(resourcesIn(state, 'terraform.tfstate', 'same'));
    expect(blocksOf(answer).import).toEqual([]);
    expect(blocksOf(answer).moved).toContainEqual({
      from: 'aws_sqs_queue.orders',
      to: expect.stringMatching(/^aws_sqs_queue\.queue_main_/),
    });
  });

  test('what "terraform show -json" prints of it is the same state', () => {
    const resources = resourcesIn(state, 'terraform.tfstate', 'other');
    const shown = {
      format_version: '1.0',
      values: {
        root_module: {
          resources: resources.map(({ type, name, values }) => ({ mode: 'managed', address: name, type, values })),
        },
      },
    };
    expect(resourcesIn(shown, '-', 'other')).toEqual(resources);
  });
});

describe('in the state of terraform-aws-sqs and terraform-aws-lambda', () => {
  const state = stateOf([
    ['aws_sqs_queue', 'this', queue('orders'), 'module.sqs', 0],
    ['aws_sqs_queue', 'dlq', queue('orders-dlq'), 'module.sqs', 0],
    [
      'aws_sqs_queue_redrive_policy',
      'this',
      { queue_url: url('orders'), id: url('orders'), ...withDeadLetters },
      'module.sqs',
      0,
    ],
    [
      'aws_sqs_queue_redrive_allow_policy',
      'dlq',
      { queue_url: url('orders-dlq'), id: url('orders-dlq'), redrive_allow_policy: '{}' },
      'module.sqs',
      0,
    ],
    ['aws_lambda_function', 'this', lambda, 'module.lambda', 0],
    ['aws_lambda_event_source_mapping', 'this', mapping, 'module.lambda', 0],
    ['aws_cloudwatch_log_group', 'lambda', { name: '/aws/lambda/orders', retention_in_days: 0 }, 'module.lambda', 0],
    [
      'aws_iam_role',
      'lambda',
      { name: 'orders', path: '/', arn: 'arn:aws:iam::111111111111:role/orders' },
      'module.lambda',
      0,
    ],
  ]);
  const existing = resourcesIn(state, 'terraform.tfstate', 'other');

  test('their dead-letter queue is found though its policy is a resource of its own', () => {
    expect(becomes(answered(existing))).toMatchObject({
      'module.sqs.aws_sqs_queue.this[0]': 'queue/main',
      'module.sqs.aws_sqs_queue.dlq[0]': 'queue/parked',
      'module.sqs.aws_sqs_queue_redrive_allow_policy.dlq[0]': 'queue/parked-allow',
      'module.lambda.aws_cloudwatch_log_group.lambda[0]': 'handler/logs',
      'module.lambda.aws_iam_role.lambda[0]': 'handler/role',
    });
    expect(answered(existing, { json: ordersStack() }).refusals.join()).toContain('parkedName');
  });

  test('the redrive policy is forgotten, never destroyed: it is a setting of the queue that moved', () => {
    expect(blocksOf(answered(existing)).removed).toContainEqual({
      from: 'module.sqs.aws_sqs_queue_redrive_policy.this',
      lifecycle: { destroy: false },
    });
  });
});

describe('a plan of plain Terraform', () => {
  const change = (address: string, actions: string[], before: unknown, after: unknown, unknown: unknown = {}) => {
    const type = address.split('.').at(-2);
    const module = address.startsWith('module.') ? { module_address: 'module.orders' } : {};
    return { address, type, ...module, change: { actions, before, after, after_unknown: unknown } };
  };
  const plan = (...more: unknown[]) => ({
    format_version: '1.2',
    planned_values: {},
    configuration: {
      root_module: {
        module_calls: {
          orders: {
            module: {
              resources: [
                {
                  address: 'aws_sqs_queue_policy.main',
                  expressions: { queue_url: { references: ['aws_sqs_queue.main.url', 'aws_sqs_queue.main'] } },
                },
              ],
            },
          },
        },
      },
    },
    resource_changes: [
      change('aws_sqs_queue.orders', ['delete'], queue('orders'), null),
      change('aws_sqs_queue_policy.orders', ['delete'], { queue_url: url('orders'), policy: '{}' }, null),
      change(
        'module.orders.aws_sqs_queue.main',
        ['create'],
        null,
        { name: 'orders', fifo_queue: false },
        { arn: true, url: true },
      ),
      change('module.orders.aws_sqs_queue_policy.main', ['create'], null, { policy: '{}' }, { queue_url: true }),
      ...more,
    ],
  });
  const decided = (json: unknown, leave: string[] = []) => {
    const stack = stackOf(json, 'plan.json');
    return decide({ stack, existing: stack.leaving, take: [], leave, asked: [] });
  };

  test('what it would destroy and make again is moved, found by its references', () => {
    expect(blocksOf(decided(plan())).moved).toEqual([
      { from: 'aws_sqs_queue.orders', to: 'module.orders.aws_sqs_queue.main' },
      { from: 'aws_sqs_queue_policy.orders', to: 'module.orders.aws_sqs_queue_policy.main' },
    ]);
  });

  test('a queue that it would destroy and that has no place is refused, or kept on AWS', () => {
    const json = plan(change('aws_sqs_queue.dlq', ['delete'], queue('orders-dlq'), null));
    expect(decided(json).refusals.join()).toContain('aws_sqs_queue.dlq would be destroyed');
    const kept = decided(json, ['aws_sqs_queue.dlq']);
    expect(kept.refusals).toEqual([]);
    expect(written(blocksOf(kept), ['removed'], 'moves.tf')).toBe(
      'removed {\n  from = aws_sqs_queue.dlq\n  lifecycle {\n    destroy = false\n  }\n}\n',
    );
  });
});

test('two that fit one place are refused, with both named', () => {
  const other = onAws('aws_lambda_event_source_mapping', 'other', { ...mapping, uuid: 'other' });
  const { refusals } = answered([...byHand(), other]);
  expect(refusals).toHaveLength(1);
  expect(refusals[0]).toMatch(/0a-1b, other may become consumer\/mapping: say which by --take/);
});

test('the blocks are HCL, or JSON that a stack takes as it is', () => {
  const blocks = blocksOf(answered([onAws('aws_sqs_queue', 'orders', queue('orders', { url: 'https://x/${a}' }))]));
  expect(written(blocks, ['import'], 'imports.tf')).toMatch(
    /^import \{\n {2}to = aws_sqs_queue\.queue_main_\w+\n {2}id = "https:\/\/x\/\$\$\{a\}"\n\}\n$/,
  );
  expect(JSON.parse(written(blocks, ['import', 'moved'], 'imports.json'))).toEqual({ import: blocks.import });
});

const names = fc.constantFrom('orders', 'orders-dlq', 'orders-repair', 'coffee');
const anything = fc.array(
  fc.oneof(
    fc
      .record({ name: names, fifo: fc.boolean() })
      .map(({ name, fifo }) => onAws('aws_sqs_queue', name, queue(name, { fifo_queue: fifo, ...withDeadLetters }))),
    names.map((name) =>
      onAws('aws_lambda_event_source_mapping', `of-${name}`, {
        ...mapping,
        uuid: `of-${name}`,
        event_source_arn: arn(name),
      }),
    ),
  ),
  { maxLength: 6 },
);

test('whatever is there: nothing has two places, no place has two, and what is replaced is refused', () => {
  fc.assert(
    fc.property(anything, (existing) => {
      const answer = answered(existing);
      const distinct = (values: unknown[]) => new Set(values).size === values.length;
      expect(distinct(answer.takeovers.map((each) => each.existing))).toBe(true);
      expect(distinct(answer.takeovers.map((each) => each.planned))).toBe(true);
      const replaced = answer.takeovers.filter(({ changes }) => changes.some(({ replaces }) => replaces));
      expect(answer.refusals.length).toBeGreaterThanOrEqual(replaced.length);
    }),
  );
});
