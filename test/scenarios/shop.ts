import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { App } from 'cdktf';
import { ENVIRONMENTS } from '../../environments';
import type { EnvironmentSettings, ShopSettings, ShopWith } from '../../environments/settings';
import { ShopStack } from '../../environments/stacks/shop';
import type { RedriveReport, RedriveRequest } from '../../functions/operations/redrive/contract';
import type { LocalEnvironment, StartedEnvironment } from '../../local/environment';
import { startEnvironment } from '../../local/start-environment';
import { anOrder } from '../functions/shop/orders';

export { anOrder } from '../functions/shop/orders';

/** A lane of the shop as it runs on the emulator, with the bundled handlers. */
export class Lane {
  private readonly sqs: SQSClient;
  private readonly lambda: LambdaClient;
  private readonly dynamodb: DynamoDBClient;
  /** Ids of all valid orders that the intake accepted, each under one content. */
  readonly accepted = new Set<string>();
  /** Every body that the intake accepted, and how often. */
  readonly sent = new Map<string, number>();

  constructor(
    readonly name: string,
    private readonly environment: LocalEnvironment,
  ) {
    const settings = {
      endpoint: environment.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    };
    this.sqs = new SQSClient(settings);
    this.lambda = new LambdaClient(settings);
    this.dynamodb = new DynamoDBClient(settings);
  }

  output(name: string): string {
    const value = this.environment.stacks.get(`local-us-east-1-${this.name}`)?.outputs[name];
    if (value === undefined) throw new Error(`${this.name} has no output ${name}`);
    return value;
  }

  /** Sends a body through the intake, as the shop's page does. */
  async post(body: string): Promise<Response> {
    const response = await fetch(`${this.output('api_url').replace(/\/$/, '')}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    if (response.ok) this.sent.set(body, (this.sent.get(body) ?? 0) + 1);
    return response;
  }

  /** Places valid orders under these ids. */
  async place(...ids: string[]): Promise<void> {
    for (const orderId of ids) {
      const response = await this.post(JSON.stringify(anOrder({ orderId })));
      if (!response.ok) throw new Error(`intake answered ${response.status}: ${await response.text()}`);
      this.accepted.add(orderId);
    }
  }

  async order(
    id: string,
  ): Promise<{ status: string; attempts: number; firstSeen: string; lastError?: string } | undefined> {
    const response = await fetch(`${this.output('api_url').replace(/\/$/, '')}/orders/${id}`);
    return response.status === 200 ? ((await response.json()) as never) : undefined;
  }

  async statuses(ids: Iterable<string> = this.accepted): Promise<Record<string, string>> {
    const entries = await Promise.all([...ids].map(async (id) => [id, (await this.order(id))?.status ?? 'unseen']));
    return Object.fromEntries(entries);
  }

  /** Messages in a tier, those in flight among them. */
  async depth(tier: 'orders' | 'parked' | 'repair'): Promise<number> {
    const AttributeNames = ['ApproximateNumberOfMessages' as const, 'ApproximateNumberOfMessagesNotVisible' as const];
    const { Attributes = {} } = await this.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: this.output(`${tier}_queue_url`), AttributeNames }),
    );
    return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible);
  }

  /** Every message of a tier: body and string attributes. They stay where they are, hidden for a second. */
  async messages(
    tier: 'parked' | 'repair',
  ): Promise<{ body: string; attributes: Record<string, string | undefined> }[]> {
    const found = [];
    for (;;) {
      const { Messages = [] } = await this.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: this.output(`${tier}_queue_url`),
          MaxNumberOfMessages: 10,
          VisibilityTimeout: 1,
          WaitTimeSeconds: 0,
          MessageAttributeNames: ['All'],
        }),
      );
      if (Messages.length === 0) break;
      for (const { Body = '', MessageAttributes = {} } of Messages) {
        const attributes = Object.fromEntries(
          Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]),
        );
        found.push({ body: Body, attributes });
      }
    }
    await wait(1100);
    return found;
  }

  async redrive(request: Omit<RedriveRequest, 'operation'> = {}): Promise<RedriveReport> {
    const { Payload, FunctionError } = await this.lambda.send(
      new InvokeCommand({
        FunctionName: this.output('redrive_function_name'),
        Payload: JSON.stringify({ operation: 'redrive', ...request }),
      }),
    );
    const answer = JSON.parse(Buffer.from(Payload ?? []).toString());
    if (FunctionError) throw new Error(`redrive failed: ${JSON.stringify(answer)}`);
    return answer;
  }

  /** Our own side fails from here on: nothing can be written down. */
  async loseBooks(): Promise<void> {
    await this.dynamodb.send(new DeleteTableCommand({ TableName: this.output('orders_table_name') }));
  }

  /** The message move tasks of the parked tier, the latest first. */
  async moves() {
    const SourceArn = this.output('parked_queue_arn');
    return (await this.sqs.send(new ListMessageMoveTasksCommand({ SourceArn, MaxResults: 10 }))).Results ?? [];
  }

  /** Invocations of the consumer since a time in milliseconds. */
  async invocations(since: number) {
    return (await this.environment.invocations(since)).filter(
      ({ functionName }) => functionName === this.output('consumer_function_name'),
    );
  }

  payments() {
    return this.environment.payment.report(this.name);
  }
}

/** Asks until it holds. @throws with what was seen last, when it doesn't in time */
export async function until<T>(
  what: string,
  look: () => Promise<T>,
  holds: (seen: T) => boolean,
  seconds = 60,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > deadline) throw new Error(`not in ${seconds} s: ${what}; last seen: ${JSON.stringify(seen)}`);
    await wait(200);
  }
}

const local = ENVIRONMENTS.local as EnvironmentSettings;

/** The settings of the lane with this protection. */
export function laneWith<Protection extends ShopSettings['protection']>(protection: Protection): ShopWith<Protection> {
  const lane = local.shops.find((shop): shop is ShopWith<Protection> => shop.protection === protection);
  if (!lane) throw new Error(`local has no lane with ${protection}`);
  return lane;
}

type Consuming = ShopWith<'dead-letters' | 'circuit-breaker'>;

/** The same, with waits that a test can sit through. */
export function quick<Protection extends Consuming['protection']>(
  protection: Protection,
  change: Partial<Consuming['consumer']> = {},
): ShopWith<Protection> {
  const lane: Consuming = laneWith(protection);
  const waits = {
    functionTimeoutSeconds: 5,
    visibilityTimeoutSeconds: 30,
    paymentTimeoutMs: 1000,
    backoffBaseSeconds: 1,
    backoffCapSeconds: 2,
  };
  const consumer = { ...lane.consumer, ...waits, ...change };
  return { ...lane, consumer, redrive: { ...lane.redrive, canaryTimeoutMs: 500 } } as ShopWith<Protection>;
}

export interface Shop {
  readonly environment: StartedEnvironment;
  lane(name: string): Lane;
  stop(): Promise<void>;
}

/** Synthesizes these lanes, starts an emulator of its own and deploys them to it. */
export async function startShop(shops: ShopSettings[], variables: Record<string, string> = {}): Promise<Shop> {
  const synthesized = mkdtempSync(join(tmpdir(), 'spillway-shop-'));
  const app = new App({ outdir: synthesized });
  const settings = { ...local, shops };
  for (const shop of shops) new ShopStack(app, settings, 'us-east-1', shop);
  app.synth();
  const environment = await startEnvironment({ stacks: ['local-*'], synthesized, variables });
  const lanes = new Map(shops.map(({ part }) => [part, new Lane(part, environment)]));
  return {
    environment,
    lane: (name) => lanes.get(name) as Lane,
    stop: async () => {
      await environment.stop();
      rmSync(synthesized, { recursive: true });
    },
  };
}

/** Where every message is that the intake has accepted. */
export interface Account {
  /** Ids of orders that the books have ended. */
  readonly done: readonly string[];
  /** Bodies in the two tiers of dead letters, and what still waits. */
  readonly repair: readonly string[];
  readonly parked: readonly string[];
  readonly waiting: number;
  /** Bodies that are nowhere, and those that are in more than one place; both must be empty. */
  readonly lost: readonly string[];
  readonly twice: readonly string[];
}

/**
 * Accounts for every message by what it says: an order is done when its books are closed, anything is in repair or parked when its body is found there. A body that was
 * sent several times is one order, and has one place.
 */
export async function account(lane: Lane): Promise<Account> {
  const statuses = await lane.statuses();
  const done = Object.keys(statuses).filter((order) => ['paid', 'declined'].includes(statuses[order] ?? ''));
  const closed = new Set(done.map((orderId) => JSON.stringify(anOrder({ orderId }))));
  const repair = (await lane.messages('repair')).map(({ body }) => body);
  const parked = (await lane.messages('parked')).map(({ body }) => body);
  const places = (body: string) =>
    [closed.has(body), repair.includes(body), parked.includes(body)].filter(Boolean).length;
  const sent = [...lane.sent.keys()];
  return {
    ...{ done: done.sort(), repair, parked, waiting: await lane.depth('orders') },
    lost: sent.filter((body) => places(body) === 0),
    twice: sent.filter((body) => places(body) > 1),
  };
}
