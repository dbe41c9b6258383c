import fc from 'fast-check';
import { create } from 'xmlbuilder2';
import { configurationXml, type NetworkConnector } from '../../../modules/broker';
import { PERMITTED } from '../../../modules/broker/permitted';
import { ConfigurationError, findForbidden, render } from '../../../modules/broker/xml';

interface Node {
  nodeName: string;
  nodeType: number;
  attributes: { name: string; value: string }[];
  childNodes: Node[];
}

function elements(xml: string): { element: Node; parent?: Node }[] {
  const walk = (element: Node, parent?: Node): { element: Node; parent?: Node }[] => [
    { element, parent },
    ...[...element.childNodes].filter(({ nodeType }) => nodeType === 1).flatMap((child) => walk(child, element)),
  ];
  return walk(create(xml).root().node as unknown as Node);
}

const connector: NetworkConnector = {
  name: 'a-to-b',
  endpoints: ['ssl://b-1:61617', 'ssl://b-2:61617'],
  userName: 'network',
};

describe('the generated XML', () => {
  const percent = fc.integer({ min: 1, max: 100 });
  const configuration = fc.record(
    {
      queues: fc.array(
        fc.record(
          {
            queue: fc.constantFrom('>', 'orders', 'orders.*', 'a<b&"c"', "it's"),
            memoryLimit: fc.constantFrom('64mb', '1gb'),
            producerFlowControl: fc.boolean(),
            storeHighWaterMark: percent,
            deadLetterPrefix: fc.constantFrom('DLQ.', 'DEAD.'),
            keepExpired: fc.boolean(),
            prefetch: percent,
            abortConsumerAfter: percent,
            redelivery: fc.record({ maximumRedeliveries: percent, jitter: fc.integer({ min: 0, max: 100 }) }),
          },
          { requiredKeys: ['queue'] },
        ),
        { maxLength: 5 },
      ),
      memoryPercentOfHeap: percent,
      networkConnectors: fc.constantFrom([], [connector]),
      networked: fc.boolean(),
      authorization: fc.constantFrom([], [{ queue: '>', admin: ['a'], read: ['a', 'b'], write: ['b'] }]),
    },
    { requiredKeys: [] },
  );

  test('holds nothing but what Amazon MQ permits, whatever the props', () => {
    fc.assert(
      fc.property(configuration, (props) => {
        for (const { element, parent } of elements(configurationXml(props))) {
          const permitted = PERMITTED[element.nodeName];
          expect([element.nodeName, permitted !== undefined]).toEqual([element.nodeName, true]);
          for (const { name } of [...element.attributes].filter((one) => one.name !== 'xmlns')) {
            expect(permitted?.attributes).toContain(name);
          }
          if (parent) expect(PERMITTED[parent.nodeName]?.children).toContain(element.nodeName);
        }
      }),
      { numRuns: 200 },
    );
  });

  test("has the broker's children in the order of the alphabet, and no transport, store or password", () => {
    const xml = configurationXml({ networkConnectors: [connector] });
    const children = elements(xml)
      .filter(({ parent }) => parent?.nodeName === 'broker')
      .map(({ element }) => element.nodeName);
    expect(children).toEqual([...children].sort());
    expect(children).toEqual(['destinationPolicy', 'networkConnectors', 'plugins', 'systemUsage']);
    expect(xml).not.toMatch(/password|brokerName=|dataDirectory|locker/);
  });

  test('a bridge retries every second, notices silence in 5 s, and knows consumers one bridge away', () => {
    const attributes = elements(configurationXml({ networkConnectors: [connector] })).find(
      ({ element }) => element.nodeName === 'networkConnector',
    )?.element.attributes;
    expect(Object.fromEntries([...(attributes ?? [])].map(({ name, value }) => [name, value]))).toEqual({
      name: 'a-to-b',
      uri: 'masterslave:(ssl://b-1:61617?wireFormat.maxInactivityDuration=5000,ssl://b-2:61617?wireFormat.maxInactivityDuration=5000)?useExponentialBackOff=false&initialReconnectDelay=1000',
      userName: 'network',
      duplex: 'true',
      messageTTL: '-1',
      consumerTTL: '1',
      decreaseNetworkConsumerPriority: 'true',
    });
  });

  test('a networked broker replays for every queue: a specific policy inherits nothing from a wider one', () => {
    const xml = configurationXml({ networked: true, queues: [{ queue: 'orders' }, { queue: 'refunds' }] });
    expect(xml.match(/<policyEntry /g)).toHaveLength(3);
    expect(xml.match(/replayWhenNoConsumers="true"/g)).toHaveLength(3);
    expect(configurationXml({ queues: [{ queue: 'orders' }] })).not.toContain('replayWhenNoConsumers');
  });
});

test('what Amazon MQ would strip is named by its place', () => {
  const broker = {
    name: 'broker',
    attributes: { brokerName: 'x' },
    children: [
      { name: 'transportConnectors' },
      { name: 'persistenceAdapter', children: [{ name: 'kahaDB', attributes: { directory: '/data' } }] },
      { name: 'queue' },
    ],
  };
  expect(findForbidden(broker)).toEqual([
    'broker: Amazon MQ does not permit the attribute brokerName',
    'broker > transportConnectors: Amazon MQ does not permit this element',
    'broker > persistenceAdapter > kahaDB: Amazon MQ does not permit the attribute directory',
    'broker > queue: Amazon MQ does not permit queue in broker',
  ]);
  expect(() => render(broker)).toThrow(ConfigurationError);
});
