import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type Books, book, type Charge, emptyBooks, type Fault, type PaymentReport, report } from './simulator';

/** What is kept of one idempotency key. */
interface Entry {
  readonly key: string;
  readonly charges: readonly (readonly [orderId: string, charges: readonly Charge[]])[];
  readonly refunds: readonly (readonly [key: string, times: number])[];
}

/** The simulator's books in DynamoDB: an item a key, one for the fault, and one that counts the calls. */
export class Ledger {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly tableName: string,
  ) {}

  async fault(): Promise<Fault> {
    const item = await this.read('fault');
    return item ? (JSON.parse(item) as Fault) : { kind: 'up' };
  }

  async setFault(fault: Fault): Promise<void> {
    await this.write('fault', JSON.stringify(fault));
  }

  /** The books of one key; all that a charge or a refund looks at. */
  async open(key: string): Promise<Books> {
    const books = emptyBooks();
    const item = await this.read(`key ${key}`);
    if (item) enter(books, JSON.parse(item) as Entry);
    return books;
  }

  /** Two calls at once with one key write the same charge: its payment id is made of the key. */
  async close(key: string, { charges, refunds }: Books): Promise<void> {
    if (charges.size + refunds.size === 0) return;
    const entry: Entry = { key, charges: [...charges], refunds: [...refunds] };
    await this.write(`key ${key}`, JSON.stringify(entry));
  }

  /** Counts one call, whatever came of it. */
  async count({ calls, canaries, failures }: Pick<Books, 'calls' | 'canaries' | 'failures'>): Promise<void> {
    await this.client.send(
      new UpdateItemCommand({
        TableName: this.tableName,
        Key: { key: { S: 'calls' } },
        UpdateExpression: 'ADD calls :calls, canaries :canaries, failures :failures',
        ExpressionAttributeValues: {
          ':calls': { N: String(calls) },
          ':canaries': { N: String(canaries) },
          ':failures': { N: String(failures) },
        },
      }),
    );
  }

  /** All books together. */
  async report(): Promise<PaymentReport> {
    const books = emptyBooks();
    let ExclusiveStartKey: Record<string, AttributeValue> | undefined;
    do {
      const page = await this.client.send(
        new ScanCommand({ TableName: this.tableName, ConsistentRead: true, ExclusiveStartKey }),
      );
      for (const { key, value, calls, canaries, failures } of page.Items ?? []) {
        if (key?.S?.startsWith('key ')) enter(books, JSON.parse(value?.S ?? '') as Entry);
        if (key?.S !== 'calls') continue;
        books.calls = Number(calls?.N ?? 0);
        books.canaries = Number(canaries?.N ?? 0);
        books.failures = Number(failures?.N ?? 0);
      }
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    return report(books);
  }

  private async read(key: string): Promise<string | undefined> {
    const { Item } = await this.client.send(
      new GetItemCommand({ TableName: this.tableName, Key: { key: { S: key } }, ConsistentRead: true }),
    );
    return Item?.value?.S;
  }

  private async write(key: string, value: string): Promise<void> {
    const Item = { key: { S: key }, value: { S: value } };
    await this.client.send(new PutItemCommand({ TableName: this.tableName, Item }));
  }
}

function enter(books: Books, { charges, refunds }: Entry): void {
  for (const [orderId, made] of charges) for (const charge of made) book(books, orderId, charge);
  for (const [key, times] of refunds) books.refunds.set(key, times);
}
