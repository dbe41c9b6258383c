import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteFunctionConcurrencyCommand,
  GetEventSourceMappingCommand,
  GetFunctionConcurrencyCommand,
  LambdaClient,
  PutFunctionConcurrencyCommand,
} from '@aws-sdk/client-lambda';
import { GetExecutionHistoryCommand, SFNClient } from '@aws-sdk/client-sfn';
import { GetQueueAttributesCommand, type Message, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { SignatureV4 } from '@smithy/signature-v4';
import { type Connection, connectionTo } from '../../cli/night/connection';
import { HeldMessages } from '../../cli/night/held-messages';
import { invoke } from '../../cli/night/invoke';
import { noteOf } from '../../cli/repair/messages';
import type { RedriveReport } from '../../functions/operations/redrive/contract';
import type { BreakerRecord } from '../../functions/runtime/breaker/state';
import { show } from '../../functions/shop/order-history/history';
import { OrdersTable } from '../../functions/shop/orders/table';
import type { Account, Seen } from './carry-out';
import type { CleanUp, Step } from './step';

/** The account that the experiments are made on, or an emulator. */
export class AwsAccount implements Account {
  readonly emulated: boolean;
  private readonly sqs: SQSClient;
  private readonly lambda: LambdaClient;
  private readonly dynamodb: DynamoDBClient;
  private readonly cloudwatch: CloudWatchClient;
  private readonly states: SFNClient;
  /** Orders that this run has deleted: looked at once more they would seem not to have come yet. */
  private readonly forgotten = new Set<string>();

  constructor(private readonly connection: Pick<Connection, 'region' | 'endpoint'>) {
    const settings = connectionTo(undefined, connection);
    this.emulated = settings.endpoint !== undefined;
    this.sqs = new SQSClient(settings);
    this.lambda = new LambdaClient(settings);
    this.dynamodb = new DynamoDBClient(settings);
    this.cloudwatch = new CloudWatchClient(settings);
    this.states = new SFNClient(settings);
  }

  async ready(steps: readonly Step[]): Promise<void> {
    await this.sqs.config.region();
    await this.sqs.config.credentials();
    for (const step of steps) {
      if (step.kind !== 'stop-function') continue;
      const FunctionName = step.functionName;
      const { ReservedConcurrentExecutions: reserved } = await this.lambda.send(
        new GetFunctionConcurrencyCommand({ FunctionName }),
      );
      if (reserved === undefined) continue;
      throw new Error(
        `${FunctionName} has a reserved concurrency of ${reserved}, which this experiment would lose; if an experiment left it: aws lambda delete-function-concurrency --function-name ${FunctionName}`,
      );
    }
  }

  async carryOut(step: Step): Promise<Seen> {
    switch (step.kind) {
      case 'send':
        for (const MessageBody of step.bodies) {
          await this.sqs.send(new SendMessageCommand({ QueueUrl: step.queueUrl, MessageBody }));
        }
        return { seen: `${step.bodies.length} sent`, met: true };
      case 'post':
        return this.post(step);
      case 'stop-function': {
        const stopped = { FunctionName: step.functionName, ReservedConcurrentExecutions: 0 };
        await this.lambda.send(new PutFunctionConcurrencyCommand(stopped));
        return { seen: 'stopped', met: true };
      }
      case 'allow-function':
        await this.allow(step.functionName);
        return { seen: 'allowed', met: true };
      case 'redrive': {
        const request = { operation: 'redrive', dryRun: step.dryRun };
        const report = (await invoke(step.functionName, request, this.connection)) as RedriveReport;
        const { action, reason, parked, canary } = report;
        const said = canary ? `; canary ${canary.green ? 'green' : 'red'}` : '';
        const met = action === 'start' || (!step.dryRun && action === 'continue');
        return { seen: `${action}: ${reason}; about ${parked} parked${said}`, met };
      }
      case 'see-orders': {
        const statuses = await Promise.all(step.orderIds.map((id) => this.status(step.tableName, id)));
        const count = statuses.filter((status) => status === step.status).length;
        const seen = statuses.length === 1 ? (statuses[0] ?? 'unknown') : `${count} of ${statuses.length}`;
        return { seen, met: count === statuses.length };
      }
      case 'see-order-by-api': {
        const response = await this.request('GET', `${step.apiUrl}/orders/${step.orderId}`, undefined, true);
        const { status } = response.ok ? ((await response.json()) as { status?: string }) : {};
        return { seen: status ?? `HTTP ${response.status}`, met: status === 'paid' };
      }
      case 'see-mapping': {
        const { State = 'unknown' } = await this.lambda.send(new GetEventSourceMappingCommand({ UUID: step.uuid }));
        return { seen: State, met: State === step.state };
      }
      case 'see-breaker': {
        const records = await invoke(step.functionName, { operation: 'breaker-status' }, this.connection);
        const states = (records as BreakerRecord[]).map(({ dependency, state }) => `${dependency} ${state}`);
        return { seen: states.join(', '), met: states.some((state) => state.endsWith(` ${step.state}`)) };
      }
      case 'see-message': {
        const found = await this.inQueue(step.queueUrl, [step.body], async () => {});
        const reason = found[0] && noteOf(found[0])?.reason;
        return { seen: found.length > 0 ? `there; ${reason ?? 'no reason'}` : 'not there', met: reason !== undefined };
      }
      case 'see-state': {
        const entered = await this.entered(
          `${step.stateMachineArn.replace(':stateMachine:', ':execution:')}:${step.execution}`,
        );
        return { seen: entered.at(-1) ?? 'not begun', met: entered.includes(step.state) };
      }
      case 'see-alarm': {
        const { MetricAlarms = [] } = await this.cloudwatch.send(
          new DescribeAlarmsCommand({ AlarmNamePrefix: step.prefix }),
        );
        const states = MetricAlarms.map(({ AlarmName, StateValue }) => `${AlarmName} ${StateValue}`);
        const met = MetricAlarms.some(({ StateValue }) => StateValue === 'ALARM');
        return { seen: states.join(', ') || 'no alarm of that name', met };
      }
      case 'see-empty': {
        const depths = await Promise.all(step.queueUrls.map((url) => this.depth(url)));
        return { seen: depths.join(' and '), met: depths.every((depth) => depth === 0) };
      }
    }
  }

  async cleanUp(one: CleanUp): Promise<Seen> {
    switch (one.kind) {
      case 'allow-function':
        await this.allow(one.functionName);
        return { seen: 'allowed', met: true };
      case 'take-messages': {
        let taken = 0;
        await this.inQueue(one.queueUrl, one.bodies, async (held, message) => {
          await held.delete(message);
          taken += 1;
        });
        return { seen: `${taken} taken`, met: taken >= one.bodies.length };
      }
      case 'forget-orders': {
        for (const orderId of one.orderIds) {
          if (!this.forgotten.has(orderId) && (await this.forget(one.tableName, orderId))) this.forgotten.add(orderId);
        }
        const left = one.orderIds.filter((orderId) => !this.forgotten.has(orderId));
        return { seen: left.length > 0 ? `${left.length} left` : 'none left', met: left.length === 0 };
      }
    }
  }

  private async allow(FunctionName: string): Promise<void> {
    await this.lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
  }

  private async status(tableName: string, orderId: string): Promise<string | undefined> {
    const found = await new OrdersTable(this.dynamodb, tableName).find(orderId);
    return found && show(found).status;
  }

  /** @returns whether it is gone: an order that hasn't ended stays, and so does one that isn't known, as it may be on its way */
  private async forget(tableName: string, orderId: string): Promise<boolean> {
    const orders = new OrdersTable(this.dynamodb, tableName);
    const found = await orders.find(orderId);
    if (!found || !['paid', 'declined'].includes(show(found).status)) return false;
    return orders.forget(found);
  }

  /** The states that an execution has come to, in order; none of one that hasn't begun. */
  private async entered(executionArn: string): Promise<string[]> {
    const names: string[] = [];
    let nextToken: string | undefined;
    try {
      do {
        const page = await this.states.send(new GetExecutionHistoryCommand({ executionArn, nextToken }));
        names.push(
          ...(page.events ?? []).flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? []),
        );
        nextToken = page.nextToken;
      } while (nextToken);
    } catch (error) {
      if ((error as Error).name !== 'ExecutionDoesNotExist') throw error;
    }
    return names;
  }

  private async depth(QueueUrl: string): Promise<number> {
    const AttributeNames = [
      'ApproximateNumberOfMessages' as const,
      'ApproximateNumberOfMessagesNotVisible' as const,
      'ApproximateNumberOfMessagesDelayed' as const,
    ];
    const { Attributes = {} } = await this.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
    return AttributeNames.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
  }

  /** The messages with these bodies; whatever isn't deleted is put back. */
  private async inQueue(
    queueUrl: string,
    bodies: readonly string[],
    use: (held: HeldMessages, message: Message) => Promise<void>,
  ): Promise<Message[]> {
    const held = new HeldMessages(this.sqs, queueUrl);
    const found: Message[] = [];
    try {
      for (let messages = await held.receive(); messages.length > 0; messages = await held.receive()) {
        for (const message of messages.filter(({ Body = '' }) => bodies.includes(Body))) {
          found.push(message);
          await use(held, message);
        }
      }
    } finally {
      await held.putBack();
    }
    return found;
  }

  private async post(step: Extract<Step, { kind: 'post' }>): Promise<Seen> {
    const { status } = await this.request('POST', `${step.apiUrl}/orders`, step.body, step.signed);
    const met = step.status === '2xx' ? status >= 200 && status < 300 : status === Number(step.status);
    return { seen: `HTTP ${status}`, met };
  }

  private async request(method: string, address: string, body: string | undefined, signed: boolean): Promise<Response> {
    const { hostname, host, pathname, protocol } = new URL(address);
    const headers = { host, 'content-type': 'application/json' };
    const signal = AbortSignal.timeout(10_000);
    if (!signed) return fetch(address, { method, body, headers: { 'content-type': headers['content-type'] }, signal });
    const { credentials, region, sha256 } = this.sqs.config;
    const signer = new SignatureV4({ service: 'execute-api', credentials, region, sha256 });
    const request = await signer.sign({ method, protocol, hostname, path: pathname, headers, body });
    return fetch(address, { method, body, headers: request.headers, signal });
  }
}
