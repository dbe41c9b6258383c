import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type BreakerRecord, type Hold, initial } from '../../functions/runtime/breaker/state';
import type { Fault } from '../../functions/shop/payment-simulator/simulator';
import type { DeployedStack, Invocation, LocalEnvironment, RunningInvocation } from '../../local/environment';

/**
 * A local environment in memory, for what the pages show when the emulator is not the question: it answers the few calls of SQS and Lambda that
 * the server makes, and moves its numbers only when a test says so.
 */
export interface FakeLane {
  waiting: number;
  inFlight: number;
  parked: number;
  repair: number;
  charges: number;
  doubleCharges: number;
  orders: Record<string, unknown>[];
  move?: Record<string, unknown>;
}

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/** The table's state item, as DynamoDB sends it. */
const stateItem = ({ dependency, state, evidence, since, retryAt, hold }: BreakerRecord) => ({
  dependency: { S: dependency },
  state: { S: state },
  evidence: { S: evidence },
  since: { N: String(since) },
  retryAt: { N: String(retryAt) },
  ...(hold && {
    hold: {
      M: { kind: { S: hold.kind }, who: { S: hold.who }, why: { S: hold.why }, until: { N: String(hold.until) } },
    },
  }),
});

const TIERS = ['main', 'parked', 'repair'] as const;

export class FakeEnvironment implements LocalEnvironment {
  endpoint = '';
  readonly stacks = new Map<string, DeployedStack>();
  readonly lanes = new Map<string, FakeLane>();
  readonly invoked: { functionName: string; payload: unknown }[] = [];
  readonly received: { url: string; visibilityTimeout: unknown }[] = [];
  /** What the redrive function answers. */
  redriveAnswer: unknown = { action: 'idle', reason: 'Nothing is parked.', dryRun: false, parked: 0 };
  saga?: { status: string; definition: unknown; events: readonly unknown[] };
  letters: Record<string, unknown>[] = [];
  /** The breaker lane's records, as the hold function and the table have them. */
  breaker: BreakerRecord = initial('payment');
  otherBreaker: BreakerRecord = initial('gift-cards');
  ended: Invocation[] = [];
  underWay: RunningInvocation[] = [];
  /** The intake's answer; by default SQS takes the order. */
  intake = { status: 200, body: '<SendMessageResponse/>' };
  /** It takes what it is asked, and answers when it is woken: a process that was stopped (SIGSTOP). */
  hangs = false;
  private readonly waiting: (() => void)[] = [];
  private current: Fault = { kind: 'up' };
  private readonly server = createServer((request, response) => void this.answer(request, response));

  readonly payment = {
    url: 'http://payment.invalid',
    setFault: (fault: Fault) => {
      this.current = fault;
    },
    fault: () => this.current,
    report: (name: string) => {
      const { charges = 0, doubleCharges = 0 } = this.lanes.get(name) ?? {};
      return { calls: charges, canaries: 0, failures: 0, charges, doubleCharges, total: 0 };
    },
  };

  async start(names: readonly string[] = ['unprotected', 'protected']): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.endpoint = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    for (const name of names) {
      this.lanes.set(name, { waiting: 0, inFlight: 0, parked: 0, repair: 0, charges: 0, doubleCharges: 0, orders: [] });
      const tiers: Record<string, string> =
        name === 'unprotected'
          ? {}
          : {
              parked_queue_url: this.queue(name, 'parked'),
              repair_queue_url: this.queue(name, 'repair'),
              redrive_function_name: `${name}-redrive`,
            };
      const outputs: Record<string, string> = {
        lane: name,
        api_url: `${this.endpoint}/lanes/${name}`,
        orders_queue_url: this.queue(name, 'main'),
        ...(name !== 'saga' && { consumer_function_name: `${name}-consumer` }),
        ...tiers,
        ...(name === 'saga' && { saga_state_machine_arn: 'arn:aws:states:us-east-1:000000000000:stateMachine:saga' }),
        ...(name === 'breaker' && {
          desk_api_url: `${this.endpoint}/lanes/${name}/desk`,
          breaker_table_name: 'breakers',
          breaker_hold_function_name: 'breaker-hold',
          event_source_mapping_uuid: 'mapping-1',
        }),
      };
      this.stacks.set(`local-us-east-1-${name}`, { name: `local-us-east-1-${name}`, outputs, resources: new Map() });
    }
    return this;
  }

  lane(name: string): FakeLane {
    const lane = this.lanes.get(name);
    if (!lane) throw new Error(`no lane ${name}`);
    return lane;
  }

  async invocations(since: number): Promise<Invocation[]> {
    return this.ended.filter(({ startedAt, durationMs }) => startedAt + durationMs >= since);
  }

  async running(): Promise<RunningInvocation[]> {
    return this.underWay;
  }

  wake(): void {
    this.hangs = false;
    for (const go of this.waiting.splice(0)) go();
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private queue(lane: string, tier: string): string {
    return `${this.endpoint}/000000000000/${lane}-${tier}`;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (this.hangs) await new Promise<void>((resolve) => this.waiting.push(resolve));
    const text = Buffer.concat(chunks).toString('utf8');
    const json = (value: unknown, status = 200) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(value));
    };
    const target = String(request.headers['x-amz-target'] ?? '');
    if (target.startsWith('AmazonSQS.')) return json(this.sqs(target.slice(10), JSON.parse(text)));
    if (target.endsWith('.GetItem')) return json({ Item: stateItem(this.recordOf(JSON.parse(text).Key.dependency.S)) });
    if (target.startsWith('AWSStepFunctions.')) return json(this.stepFunctions(target.slice(17)));
    const [, kind, name = '', what] = (request.url ?? '').split('?')[0]?.split('/') ?? [];
    if (name === 'event-source-mappings')
      return json({ State: this.breaker.state === 'open' ? 'Disabled' : 'Enabled' });
    if (kind === '2015-03-31') {
      if (what === 'breaker-hold') return json(this.hold(JSON.parse(text)));
      this.invoked.push({ functionName: what ?? '', payload: JSON.parse(text) });
      return json(this.redriveAnswer);
    }
    if (what === 'desk') return json({ bytes: text.length });
    if (kind !== 'lanes' || what !== 'orders') return json({ error: `the fake has no ${request.url}` }, 404);
    if (request.method === 'GET') return json({ orders: this.lane(name).orders });
    if (this.intake.status === 200) {
      this.lane(name).waiting += 1;
      this.lane(name).orders.unshift({ ...JSON.parse(text), status: 'accepted', attempts: 1 });
    }
    response.writeHead(this.intake.status, { 'content-type': 'application/xml' });
    response.end(this.intake.body);
  }

  private recordOf(dependency: string): BreakerRecord {
    return dependency === this.otherBreaker.dependency ? this.otherBreaker : this.breaker;
  }

  private hold(request: Partial<Hold> & { dependency?: string; hold?: Hold['kind']; until?: string }): BreakerRecord[] {
    const { dependency, who = '', why = '', hold: kind, until } = request;
    if (!dependency) return [this.breaker, this.otherBreaker];
    const held = kind && { kind, who, why, until: Date.parse(String(until)) };
    const record = { ...this.recordOf(dependency), hold: held };
    if (dependency === this.otherBreaker.dependency) this.otherBreaker = record;
    else this.breaker = record;
    return [record];
  }

  /** One saga, if there is any. */
  private stepFunctions(action: string): unknown {
    const { saga } = this;
    if (!saga) return { executions: [] };
    if (action === 'ListExecutions') {
      return { executions: [{ name: 'order-0001', status: saga.status, startDate: Date.now() / 1000 }] };
    }
    if (action === 'GetExecutionHistory') return { events: saga.events };
    return { status: saga.status, definition: JSON.stringify(saga.definition) };
  }

  private sqs(action: string, input: Record<string, unknown>): unknown {
    const queue =
      String(input.QueueUrl ?? input.SourceArn)
        .split(/[/:]/)
        .pop() ?? '';
    const tier = TIERS.find((name) => queue.endsWith(`-${name}`)) ?? 'main';
    const lane = this.lane(queue.slice(0, -tier.length - 1));
    switch (action) {
      case 'GetQueueAttributes':
        return {
          Attributes: {
            QueueArn: `arn:aws:sqs:us-east-1:000000000000:${queue}`,
            ApproximateNumberOfMessages: String(tier === 'main' ? lane.waiting : lane[tier]),
            ApproximateNumberOfMessagesNotVisible: String(tier === 'main' ? lane.inFlight : 0),
            ApproximateNumberOfMessagesDelayed: '0',
          },
        };
      case 'ListMessageMoveTasks':
        return { Results: lane.move ? [lane.move] : [] };
      case 'ReceiveMessage':
        this.received.push({ url: String(input.QueueUrl), visibilityTimeout: input.VisibilityTimeout });
        return { Messages: this.letters.map((letter) => ({ ...letter, MD5OfBody: md5(String(letter.Body)) })) };
      default:
        throw new Error(`the fake doesn't know ${action}`);
    }
  }
}
