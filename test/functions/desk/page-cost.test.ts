import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbDeskStore } from '../../../functions/desk/aws/dynamodb-store';
import { Desk } from '../../../functions/desk/core/desk';
import { ADA, InMemory } from './in-memory';
import { aLetter, QUEUE } from './letters';

interface Asked {
  readonly call: string;
  readonly index?: string;
  readonly limit?: number;
}

/** A table that has ever more: what a page costs is what it asks, however many letters there are. */
class Endless {
  readonly asked: Asked[] = [];

  async send({
    constructor: command,
    input,
  }: {
    readonly constructor: { readonly name: string };
    readonly input: object;
  }) {
    const {
      IndexName,
      Limit = 1,
      ExpressionAttributeValues: values = {},
    } = input as {
      IndexName?: string;
      Limit?: number;
      ExpressionAttributeValues?: Record<string, { S?: string }>;
    };
    this.asked.push({ call: command.name.replace('Command', ''), index: IndexName ?? 'table', limit: Limit });
    if (IndexName === 'by-group') {
      const { content: _, ...letter } = aLetter('a');
      return {
        Items: Array.from({ length: Limit }, () => ({ data: { S: JSON.stringify(letter) } })),
        LastEvaluatedKey: {},
      };
    }
    if (values[':pk']?.S === 'queues') return { Items: [{ data: { S: JSON.stringify({ queue: QUEUE }) } }] };
    return { Items: [] };
  }

  count(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { call, index } of this.asked) counts[`${call} ${index}`] = (counts[`${call} ${index}`] ?? 0) + 1;
    return counts;
  }
}

const onEndless = () => {
  const table = new Endless();
  const store = new DynamoDbDeskStore(table as unknown as DynamoDBClient, 'desk');
  return { table, desk: new Desk({ ...new InMemory().ports, store }) };
};

test('a page of a group takes two calls to DynamoDB and reads no more letters than it shows', async () => {
  const { table, desk } = onEndless();
  const { items, next } = await desk.list(ADA, { group: 'g', limit: 50 });
  expect([items.length, next !== undefined]).toEqual([50, true]);
  expect(table.count()).toEqual({ 'Query table': 1, 'Query by-group': 1 });
  expect(table.asked.find(({ index }) => index === 'by-group')?.limit).toBe(50);
});

test('all groups take two calls, however many letters they have', async () => {
  const { table, desk } = onEndless();
  await desk.groups(ADA);
  expect(table.count()).toEqual({ 'Query table': 2 });
});

test('a trend takes a call for each of its days', async () => {
  const { table, desk } = onEndless();
  await desk.trend(ADA, 'g');
  expect(table.count()).toEqual({ 'Query table': 14 });
});
