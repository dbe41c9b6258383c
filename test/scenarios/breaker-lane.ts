import { setTimeout as wait } from 'node:timers/promises';
import { DynamoDBClient, ScanCommand, type ScanCommandOutput } from '@aws-sdk/client-dynamodb';
import {
  GetEventSourceMappingCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { ShopSettings } from '../../environments/settings';
import { DynamoDbStore } from '../../functions/runtime/breaker/dynamodb-store';
import type { BreakerRecord } from '../../functions/runtime/breaker/state';
import { show } from '../../functions/shop/order-history/history';
import { readOrder } from '../../functions/shop/orders/table';
import { type Lane, type Shop, startShop, until } from './shop';

/** A shop of its own for this file of tests, with one lane behind a breaker; payment is up again after each test. @returns what it has once it runs */
export function breakerLane(
  settings: ShopSettings,
): () => Pick<BreakerLane, 'shop' | 'lane'> & { breaker: BreakerLane } {
  let shop: Shop;
  let breaker: BreakerLane;
  beforeAll(async () => {
    shop = await startShop([settings]);
    breaker = new BreakerLane(shop, shop.lane('breaker'));
  }, 120_000);
  afterEach(() => shop.environment.payment.setFault({ kind: 'up' }));
  afterAll(() => shop?.stop(), 30_000);
  return () => ({ shop, lane: breaker.lane, breaker });
}

/** What a test or a benchmark does with the lane that has a circuit breaker. */
export class BreakerLane {
  readonly lambda: LambdaClient;
  readonly sfn: SFNClient;
  private readonly dynamodb: DynamoDBClient;

  constructor(
    readonly shop: Shop,
    readonly lane: Lane,
  ) {
    const { endpoint } = shop.environment;
    const settings = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
    this.lambda = new LambdaClient(settings);
    this.sfn = new SFNClient(settings);
    this.dynamodb = new DynamoDBClient(settings);
  }

  record(): Promise<BreakerRecord> {
    return new DynamoDbStore(this.dynamodb, this.lane.output('breaker_table_name')).read('payment');
  }

  async mapping(): Promise<{ state: string | undefined; maximumConcurrency: number | undefined }> {
    const UUID = this.lane.output('event_source_mapping_uuid');
    const { State, ScalingConfig } = await this.lambda.send(new GetEventSourceMappingCommand({ UUID }));
    return { state: State, maximumConcurrency: ScalingConfig?.MaximumConcurrency };
  }

  /** Order id → status, from the table itself: hundreds of orders are too many questions for the API of an emulator. */
  async orders(): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    let ExclusiveStartKey: ScanCommandOutput['LastEvaluatedKey'];
    do {
      const TableName = this.lane.output('orders_table_name');
      const page: ScanCommandOutput = await this.dynamodb.send(new ScanCommand({ TableName, ExclusiveStartKey }));
      for (const item of page.Items ?? []) {
        const { orderId, status } = show(readOrder(item));
        found.set(orderId, status);
      }
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    return found;
  }

  /** Orders that were accepted and are not paid, in words. */
  async unpaid(): Promise<string[]> {
    const orders = await this.orders();
    return [...this.lane.accepted]
      .filter((id) => orders.get(id) !== 'paid')
      .map((id) => `${id}: ${orders.get(id) ?? 'unseen'}`);
  }

  /** Holds, lifts or looks, as a person does. */
  async hold(request: object): Promise<BreakerRecord[]> {
    const FunctionName = this.lane.output('breaker_hold_function_name');
    const { Payload, FunctionError } = await this.lambda.send(
      new InvokeCommand({ FunctionName, Payload: JSON.stringify(request) }),
    );
    const answer = JSON.parse(Buffer.from(Payload ?? []).toString());
    if (FunctionError) throw new Error(answer.errorMessage);
    return answer;
  }

  async executions() {
    const stateMachineArn = this.lane.output('breaker_recovery_arn');
    const { executions = [] } = await this.sfn.send(new ListExecutionsCommand({ stateMachineArn }));
    return executions;
  }

  async output(executionArn: string | undefined): Promise<unknown> {
    const { output = 'null' } = await this.sfn.send(new DescribeExecutionCommand({ executionArn }));
    return JSON.parse(output);
  }

  /** Has recoveries go on in the next execution after so many looks, instead of a thousand. */
  async handOverAfter(looks: number): Promise<void> {
    const FunctionName = this.lane.output('breaker_hold_function_name').replace(/hold$/, 'recover');
    const { Environment } = await this.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const Variables = { ...Environment?.Variables, HAND_OVER_AFTER: String(looks) };
    await this.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  }

  async state(wanted: BreakerRecord['state'], seconds: number): Promise<BreakerRecord> {
    return until(
      `breaker ${wanted}`,
      () => this.record(),
      ({ state }) => state === wanted,
      seconds,
    );
  }

  /** Every state of the breaker from now until `stop` is called, with the moment that it was first seen. */
  watch(): { readonly seen: { at: number; record: BreakerRecord }[]; stop(): Promise<void> } {
    const seen: { at: number; record: BreakerRecord }[] = [];
    let watching = true;
    const look = async () => {
      const record = await this.record();
      if (seen.at(-1)?.record.term !== record.term) seen.push({ at: Date.now(), record });
    };
    const loop = (async () => {
      while (watching) {
        await look();
        await wait(250);
      }
    })();
    // `stop` tells of it. A test that fails before that must not take the next file with it.
    loop.catch(() => {});
    return {
      seen,
      stop: async () => {
        watching = false;
        await loop;
        await look();
      },
    };
  }

  /** Until it is closed, every order is paid, the mapping is as before and nothing is parked. */
  async recovered(seconds = 90): Promise<void> {
    await this.state('closed', seconds);
    await until(
      'all paid',
      () => this.unpaid(),
      (left) => left.length === 0,
      seconds,
    );
    await until(
      'mapping as before',
      () => this.mapping(),
      ({ state, maximumConcurrency }) => state === 'Enabled' && maximumConcurrency === 10,
      20,
    );
    await until(
      'parked is empty',
      () => this.lane.depth('parked'),
      (depth) => depth === 0,
      30,
    );
  }
}

/** Places orders at a steady rate until `stop` is called. */
export function steadyOrders(lanes: readonly Lane[], perSecond: number, prefix: string) {
  let placing = true;
  let placed = 0;
  const began = Date.now();
  const loop = (async () => {
    while (placing) {
      const due = Math.floor(((Date.now() - began) / 1000) * perSecond);
      while (placing && placed < due) {
        placed += 1;
        const id = `${prefix}-${String(placed).padStart(6, '0')}`;
        await Promise.all(lanes.map((lane) => lane.place(id)));
      }
      await wait(20);
    }
  })();
  return {
    stop: async () => {
      placing = false;
      await loop;
      return placed;
    },
  };
}
