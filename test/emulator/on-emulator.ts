import { setTimeout as wait } from 'node:timers/promises';
import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { strToU8, zipSync } from 'fflate';
import { type Emulator, startEmulator } from '../../local/emulator/emulator';

export const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** An emulator for the tests of one file, with the few calls that most of them make. */
export class OnEmulator {
  private emulator?: Emulator;
  private readonly clients: { destroy(): void }[] = [];
  private count = 0;

  static forThisFile(): OnEmulator {
    const on = new OnEmulator();
    beforeAll(async () => {
      on.emulator = await startEmulator();
    });
    afterAll(async () => {
      for (const client of on.clients) client.destroy();
      await on.emulator?.stop();
    });
    return on;
  }

  get endpoint(): string {
    if (!this.emulator) throw new Error('the emulator runs only within tests');
    return this.emulator.endpoint;
  }

  get running(): Emulator['running'] {
    if (!this.emulator) throw new Error('the emulator runs only within tests');
    return this.emulator.running;
  }

  get invocations(): Emulator['invocations'] {
    if (!this.emulator) throw new Error('the emulator runs only within tests');
    return this.emulator.invocations;
  }

  client<T extends { destroy(): void }>(kind: new (settings: object) => T, region = 'us-east-1'): T {
    const client = new kind({ endpoint: this.endpoint, region, credentials, maxAttempts: 1 });
    this.clients.push(client);
    return client;
  }

  get sqs(): SQSClient {
    return this.client(SQSClient);
  }

  /** An empty table, keyed by `id`, whose changes can be read. */
  async tableWithStream(dynamodb: DynamoDBClient): Promise<{ readonly TableName: string; readonly streamArn: string }> {
    const TableName = this.name('table');
    const { TableDescription } = await dynamodb.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      }),
    );
    return { TableName, streamArn: TableDescription?.LatestStreamArn ?? '' };
  }

  name(prefix: string): string {
    this.count += 1;
    return `${prefix}-${this.count}`;
  }

  async queue(attributes: Record<string, string> = {}): Promise<{ url: string; arn: string }> {
    const QueueName = this.name('queue') + (attributes.FifoQueue ? '.fifo' : '');
    const { QueueUrl = '' } = await this.sqs.send(new CreateQueueCommand({ QueueName, Attributes: attributes }));
    return { url: QueueUrl, arn: `arn:aws:sqs:us-east-1:000000000000:${QueueName}` };
  }

  /** A queue with dead letters; a message is there after one receive that nobody followed up. */
  async withDeadLetters(maxReceiveCount = 1) {
    const parked = await this.queue();
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: parked.arn, maxReceiveCount });
    return { parked, main: await this.queue({ RedrivePolicy, VisibilityTimeout: '0' }), RedrivePolicy };
  }

  /** Sends messages and lets them become dead letters. */
  async park(main: { url: string }, ...bodies: string[]): Promise<void> {
    const attributes = { origin: { DataType: 'String', StringValue: 'test' } };
    for (const MessageBody of bodies) {
      await this.sqs.send(new SendMessageCommand({ QueueUrl: main.url, MessageBody, MessageAttributes: attributes }));
    }
    for (let round = 0; round <= bodies.length; round += 1) await this.receive(main.url, 0);
  }

  async receive(QueueUrl: string, VisibilityTimeout = 60, WaitTimeSeconds = 0) {
    const { Messages = [] } = await this.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        VisibilityTimeout,
        WaitTimeSeconds,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    return Messages;
  }

  async depth(QueueUrl: string): Promise<{ waiting: number; inFlight: number }> {
    const { Attributes } = await this.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    return {
      waiting: Number(Attributes?.ApproximateNumberOfMessages),
      inFlight: Number(Attributes?.ApproximateNumberOfMessagesNotVisible),
    };
  }

  /** Deploys a function from the text of its module. */
  async deployFunction(code: string, timeout = 3, environment: Record<string, string> = {}) {
    const FunctionName = this.name('function');
    const { FunctionArn = '' } = await this.client(LambdaClient).send(
      new CreateFunctionCommand({
        FunctionName,
        Role: 'arn:aws:iam::000000000000:role/test',
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        Timeout: timeout,
        Environment: { Variables: environment },
        Code: { ZipFile: zipSync({ 'index.js': strToU8(code) }) },
      }),
    );
    return { name: FunctionName, arn: FunctionArn };
  }

  async invoke(FunctionName: string, payload: unknown = {}) {
    const Payload = Buffer.from(JSON.stringify(payload));
    const answer = await this.client(LambdaClient).send(new InvokeCommand({ FunctionName, Payload }));
    const text = Buffer.from(answer.Payload ?? []).toString('utf8');
    return { functionError: answer.FunctionError, body: text ? JSON.parse(text) : undefined };
  }
}

/** Waits until something holds; says what it was when it doesn't. */
export async function until<T>(
  what: string,
  look: () => Promise<T>,
  holds: (seen: T) => boolean,
  timeoutMs = 15_000,
): Promise<T> {
  for (const started = Date.now(); ; await wait(50)) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() - started > timeoutMs)
      throw new Error(`not within ${timeoutMs} ms: ${what}; ${JSON.stringify(seen)}`);
  }
}
