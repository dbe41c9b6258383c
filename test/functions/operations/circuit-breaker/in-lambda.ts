import { type AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';

type Item = Record<string, AttributeValue>;
/** What an SDK client of any service has. */
interface Sender {
  prototype: { send(command: { input: object }): Promise<unknown> };
}

/** Answers every call of a service's client. */
export function answer(client: unknown, send: (input: Record<string, unknown>, command: string) => unknown): void {
  jest
    .spyOn((client as Sender).prototype, 'send')
    .mockImplementation(async (command) => send(command.input as Record<string, unknown>, command.constructor.name));
}

/** A table of items by dependency and sort key, without its conditions. */
export function tableInMemory(): Map<string, Item> {
  const items = new Map<string, Item>();
  const key = ({ dependency, item }: Item) => `${dependency?.S} ${item?.S}`;
  answer(DynamoDBClient, ({ Item, Key, ExpressionAttributeValues }, command) => {
    if (command === 'PutItemCommand') items.set(key(Item as Item), Item as Item);
    if (command === 'GetItemCommand') return { Item: items.get(key(Key as Item)) };
    const dependency = (ExpressionAttributeValues as Item | undefined)?.[':dependency']?.S;
    return { Items: [...items.values()].filter((item) => item.dependency?.S === dependency) };
  });
  return items;
}

interface Metric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Record<string, string>;
  readonly value: number;
}

/** Catches what the functions write from now on. */
export function output(): Output {
  const lines: Record<string, unknown>[] = [];
  for (const stream of [process.stdout, process.stderr])
    jest.spyOn(stream, 'write').mockImplementation((text) => {
      const json = String(text)
        .split('\n')
        .filter((line) => line.startsWith('{'));
      lines.push(...json.map((line) => JSON.parse(line)));
      return true;
    });
  return {
    get log() {
      return lines.filter(({ level }) => level !== undefined);
    },
    get metrics() {
      return lines.flatMap((line) => (line._aws ? metricsOf(line) : []));
    },
  };
}

interface Output {
  readonly log: readonly Record<string, unknown>[];
  readonly metrics: readonly Metric[];
}

/** What CloudWatch makes of a line. Source: CloudWatch guide, "Embedded metric format". */
function metricsOf(line: Record<string, unknown>): Metric[] {
  const { CloudWatchMetrics } = line._aws as {
    CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] }[];
  };
  return CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) =>
      Metrics.map(({ Name }) => ({
        namespace: Namespace,
        metricName: Name,
        dimensions: Object.fromEntries(names.map((name) => [name, String(line[name])])),
        value: Number(line[Name]),
      })),
    ),
  );
}
