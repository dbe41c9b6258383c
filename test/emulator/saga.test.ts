import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import {
  ChangeMessageVisibilityCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { App } from 'cdktf';
import local from '../../environments/local';
import { EnvironmentStack } from '../../environments/stacks/environment-stack';
import { addOrderSaga } from '../../environments/stacks/saga';
import { NOTE } from '../../functions/runtime/note';
import type { Order } from '../../functions/shop/domain/order';
import { show } from '../../functions/shop/order-history/history';
import { LedgerTable } from '../../functions/shop/order-saga/ledger-table';
import { OrdersTable } from '../../functions/shop/orders/table';
import { Deployer } from '../../local/deploy/deployer';
import { readStacks } from '../../local/deploy/synthesized';
import { type Emulator, startEmulator } from '../../local/emulator/emulator';
import { Ledger } from '../../modules/ledger';
import { type Fate, orderMachine, Shop, sound } from '../functions/shop/order-saga/shop';
import { anOrder } from '../functions/shop/orders';
import { Clock, seeded } from '../modules/saga/clock';
import { Execution } from '../modules/saga/interpreter';
import { command } from './command';
import { type Payments, startPayments } from './saga-payments';

const PREFIX = 'local-us-east-1-saga';
const SHORT = { interval: 1, rate: 1, attempts: 1, cap: 2 };

describe('the order saga on the emulator', () => {
  let emulator: Emulator;
  let payments: Payments;
  let deployer: Deployer;
  let folder: string;
  let outputs: Readonly<Record<string, string>>;
  let states: SFNClient;
  let sqs: SQSClient;
  let dynamodb: DynamoDBClient;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'saga-'));
    [emulator, payments] = await Promise.all([startEmulator(), startPayments()]);
    const app = new App({ outdir: folder });
    const stack = new EnvironmentStack(app, local, 'us-east-1', 'saga');
    addOrderSaga(stack, {
      prefix: PREFIX,
      account: local.account,
      region: 'us-east-1',
      paymentUrl: payments.url,
      paymentTimeoutMs: 700,
      orders: new Ledger(stack, 'orders', { tableName: `${PREFIX}-orders`, deletionProtection: false }),
      deletionProtection: false,
      logRetentionDays: 1,
      retries: { retry: SHORT, lastingRetry: SHORT },
    });
    app.synth();
    deployer = new Deployer(emulator.endpoint, {});
    await deployer.deploy(readStacks(folder, ['*']));
    outputs = deployer.stacks.values().next().value!.outputs;
    const client = {
      endpoint: emulator.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    };
    states = new SFNClient(client);
    sqs = new SQSClient(client);
    dynamodb = new DynamoDBClient(client);
  }, 120_000);

  afterAll(async () => {
    for (const client of [states, sqs, dynamodb]) client?.destroy();
    deployer?.close();
    await payments?.stop();
    await emulator?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const send = (body: unknown) =>
    sqs.send(
      new SendMessageCommand({
        QueueUrl: outputs.saga_queue_url,
        MessageBody: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    );

  const executionArn = (name: string) =>
    `${outputs.saga_state_machine_arn?.replace(':stateMachine:', ':execution:')}:${name}`;

  async function ended(name: string) {
    for (const until = Date.now() + 40_000; Date.now() < until; await new Promise((wake) => setTimeout(wake, 200))) {
      const execution = await states
        .send(new DescribeExecutionCommand({ executionArn: executionArn(name) }))
        .catch(() => undefined);
      if (execution?.status && execution.status !== 'RUNNING') {
        const { events = [] } = await states.send(
          new GetExecutionHistoryCommand({ executionArn: executionArn(name), maxResults: 1000 }),
        );
        return {
          status: execution.status,
          error: execution.error,
          output: execution.output && JSON.parse(execution.output),
          entered: events.flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? []),
        };
      }
    }
    throw new Error(`${name} has not ended`);
  }

  /** The same order through the interpreter that the books are checked with. */
  async function interpreted(order: Order, fate: (task: string) => Fate, bankSaysNo = false) {
    const clock = new Clock();
    const shop = new Shop(clock, seeded(1), fate, 1_000_000, sound);
    shop.bankSaysNo = bankSaysNo;
    const execution = new Execution(orderMachine, order.orderId, order, shop);
    await clock.until(execution.run());
    return execution;
  }

  const customerSees = async (orderId: string) => {
    const found = await new OrdersTable(dynamodb, `${PREFIX}-orders`).find(orderId);
    return found && show(found).status;
  };
  const effect = async (orderId: string, name: 'beans' | 'brew') =>
    (await new LedgerTable(dynamodb, `${PREFIX}-saga-ledger`).read(orderId, name))?.state;

  test('commits an order once, however often its message is delivered', async () => {
    const order = anOrder({ orderId: 'order-good-1' });
    await Promise.all([send(order), send(order)]);
    const { status, output, entered } = await ended(order.orderId);
    await send(order);
    await send({ ...order, note: 'the same order from a newer shop' });
    expect({ status, outcome: output.outcome }).toEqual({ status: 'SUCCEEDED', outcome: 'committed' });
    expect(entered).toEqual((await interpreted(order, () => 'fine')).entered);
    expect(await effect(order.orderId, 'beans')).toBe('done');
    expect(await effect(order.orderId, 'brew')).toBe('done');
    expect(payments.books.charges.get(order.orderId)).toHaveLength(1);
    expect(await customerSees(order.orderId)).toBe('paid');
    await new Promise((wake) => setTimeout(wake, 1500));
    const { executions = [] } = await states.send(
      new ListExecutionsCommand({ stateMachineArn: outputs.saga_state_machine_arn }),
    );
    expect(executions.filter(({ name }) => name === order.orderId)).toHaveLength(1);
  }, 60_000);

  test('an order that the bank declines gets its beans back, by the error name that the step threw', async () => {
    const order = anOrder({ orderId: 'order-declined-1' });
    await send(order);
    const { status, output, entered } = await ended(order.orderId);
    expect({ status, outcome: output.outcome, error: output.failure.error }).toEqual({
      status: 'SUCCEEDED',
      outcome: 'compensated',
      error: 'PaymentDeclined',
    });
    expect(entered).toEqual((await interpreted(order, () => 'fine', true)).entered);
    expect(await effect(order.orderId, 'beans')).toBe('undone');
    expect(await customerSees(order.orderId)).toBe('declined');
  }, 60_000);

  test('a charge that nobody answered is refunded, once', async () => {
    const order = anOrder({ orderId: 'order-silent-1' });
    await send(order);
    const { status, output, entered } = await ended(order.orderId);
    expect({ status, outcome: output.outcome, refund: output.results.refund }).toEqual({
      status: 'SUCCEEDED',
      outcome: 'compensated',
      refund: { refunded: true },
    });
    expect(entered).toEqual(
      (await interpreted(order, (task) => (task === 'charge' ? 'killed after' : 'fine'))).entered,
    );
    expect(payments.books.charges.get(order.orderId)).toHaveLength(1);
    expect(payments.books.refunds.get(order.orderId)).toBe(1);
  }, 60_000);

  test('a refund that cannot be made is parked with everything that a person needs', async () => {
    const order = anOrder({ orderId: 'order-silent-parked' });
    payments.refusing.add(order.orderId);
    await send(order);
    const { status, error, entered } = await ended(order.orderId);
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'States.NoChoiceMatched' });
    expect(entered.slice(-3)).toEqual(['refund', 'park refund', 'refund is parked']);
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: outputs.saga_parking_queue_url, WaitTimeSeconds: 5 }),
    );
    expect(JSON.parse(Messages[0]?.Body ?? '{}')).toMatchObject({
      execution: executionArn(order.orderId),
      saga: order.orderId,
      input: { orderId: order.orderId, amount: order.amount },
      steps: { 'reserve-beans': 'done', charge: 'unknown' },
      failure: { task: 'charge', error: 'PaymentUnavailable' },
      parked: { task: 'refund', error: 'RefundFailed', redrives: 0 },
    });
    const { ReceiptHandle } = Messages[0] ?? {};
    const QueueUrl = outputs.saga_parking_queue_url;
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
    const shown = command(emulator.endpoint, 'saga resume', '--saga', outputs.saga_state_machine_arn ?? '');
    expect(shown).toMatchObject({ status: 0, stderr: '' });
    expect(shown.stdout).toContain(`${order.orderId}  parked `);
    expect(shown.stdout).toContain('at refund: RefundFailed');
    expect(shown.stdout).toContain(
      'steps: reserve-beans done, charge unknown; it turned back at charge (PaymentUnavailable)',
    );
    expect(shown.stdout).toContain('1 in all');
    // Looking has received nothing: a third receive would take the message out of the age that its alarm looks at.
    const [again] =
      (await sqs.send(new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['All'] }))).Messages ?? [];
    expect(again?.Attributes?.ApproximateReceiveCount).toBe('2');
  }, 60_000);

  test('what is no order, and another order under a used id, go to repair', async () => {
    const order = anOrder({ orderId: 'order-twice-1' });
    await send(order);
    await ended(order.orderId);
    await Promise.all([send('{"orderId":'), send({ ...order, customer: 'Grace' })]);
    const reasons: (string | undefined)[] = [];
    const QueueUrl = outputs.saga_queue_url?.replace(/saga-orders$/, 'saga-orders-repair');
    for (const until = Date.now() + 15_000; reasons.length < 2 && Date.now() < until; ) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1, MessageAttributeNames: ['All'] }),
      );
      for (const { MessageAttributes } of Messages)
        reasons.push(JSON.parse(MessageAttributes?.[NOTE]?.StringValue ?? '{}').reason);
    }
    expect(reasons.sort()).toEqual(['conflict', 'malformed']);
  }, 60_000);
});
