import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { type Books, emptyBooks, type Fault } from './simulator';

/** The simulator's books in DynamoDB: an item a key, and one for the fault. */
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
    const item = await this.read(`key ${key}`);
    if (!item) return emptyBooks();
    const { charges, refunds } = JSON.parse(item) as { charges: [string, never][]; refunds: [string, number][] };
    return { ...emptyBooks(), charges: new Map(charges), refunds: new Map(refunds) };
  }

  /** Two calls at once with one key write the same charge: its payment id is made of the key. */
  async close(key: string, { charges, refunds }: Books): Promise<void> {
    if (charges.size + refunds.size === 0) return;
    await this.write(`key ${key}`, JSON.stringify({ charges: [...charges], refunds: [...refunds] }));
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
