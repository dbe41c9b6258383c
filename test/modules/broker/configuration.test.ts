import fc from 'fast-check';
import { create } from 'xmlbuilder2';
import { configurationXml, grantQueues, type NetworkConnector } from '../../../modules/broker';
import { PERMITTED } from '../../../modules/broker/permitted';
import { ambiguous, deadLetterQueueOf } from '../../../modules/broker/queue-policy';
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
    expect(xml.match(/<policyEntry /g)).toHaveLength(4);
    expect(xml.match(/replayWhenNoConsumers="true"/g)).toHaveLength(4);
    // What must wait before it may go back is looked at again soon after, in every queue.
    expect(xml.match(/expireMessagesPeriod="2000"/g)).toHaveLength(4);
    expect(configurationXml({ queues: [{ queue: 'orders' }] })).not.toContain('replayWhenNoConsumers');
  });
});

describe('dead letters', () => {
  const attributesOf = (xml: string, element: string, queue: string) =>
    Object.fromEntries(
      elements(xml)
        .filter(({ element: { nodeName } }) => nodeName === element)
        .map(({ element: { attributes } }) => [...attributes])
        .filter((attributes) => attributes.some(({ name, value }) => name === 'queue' && value === queue))
        .flat()
        .map(({ name, value }) => [name, value]),
    );
  const prefix = fc.constantFrom('DLQ.', 'DEAD.', 'a.b.');
  const queue = fc.record(
    { queue: fc.constantFrom('>', 'orders', 'orders.*', 'DLQ.orders', 'DEAD.>'), deadLetterPrefix: prefix },
    { requiredKeys: ['queue'] },
  );

  test('may fill the store to its end and never die again, whatever their prefix: they have nowhere further to go', () => {
    fc.assert(
      fc.property(fc.uniqueArray(queue, { selector: ({ queue: name }) => name }), (queues) => {
        const xml = configurationXml({ queues });
        const prefixes = ['DLQ.', ...queues.map(({ deadLetterPrefix = 'DLQ.' }) => deadLetterPrefix)];
        const explicit = queues
          .map(({ queue: name }) => name)
          .filter((name) => prefixes.some((one) => name.startsWith(one)));
        for (const pattern of [...prefixes.map((one) => `${one}>`), ...explicit]) {
          expect(attributesOf(xml, 'policyEntry', pattern).storeUsageHighWaterMark).toBe('100');
          expect(attributesOf(xml, 'redeliveryPolicy', pattern).maximumRedeliveries).toBe('-1');
        }
        expect(attributesOf(xml, 'policyEntry', '>').storeUsageHighWaterMark).toBe('90');
      }),
    );
  });

  test("no send of the broker's own may fail for want of room: it would drop what it can't send", () => {
    expect(configurationXml({})).not.toContain('sendFailIfNoSpace');
  });

  test.each([
    ['orders', 'EXACT.orders'],
    ['orders.eu', 'WORD.orders.eu'],
    ['orders.eu.bulk', 'ALL.orders.eu.bulk'],
    ['refunds.eu.bulk', 'REST.refunds.eu.bulk'],
  ])('of %s are in %s', (name, expected) => {
    const queues = [
      { queue: '>', deadLetterPrefix: 'ALL.' },
      { queue: 'orders', deadLetterPrefix: 'EXACT.' },
      { queue: 'orders.*', deadLetterPrefix: 'WORD.' },
      { queue: 'refunds.>', deadLetterPrefix: 'REST.' },
    ];
    expect(ambiguous(queues)).toEqual([]);
    expect(deadLetterQueueOf(name, queues)).toBe(expected);
    expect(deadLetterQueueOf(name, [...queues].reverse())).toBe(expected);
    expect(deadLetterQueueOf(name)).toBe(`DLQ.${name}`);
  });
});

test.each([
  [['orders.*', 'orders.>'], ['orders.* and orders.>']],
  [['orders', 'orders.>', '>'], []],
  [['orders.*', 'refunds.*', 'orders.eu.*'], []],
  [['*.orders'], ['*.orders and DLQ.>']],
  [['a.*.c', 'a.b.>'], ['a.*.c and a.b.>']],
])('of %j these can name the same queue: %j', (patterns, expected) => {
  expect(ambiguous(patterns.map((queue) => ({ queue })))).toEqual(expected);
});

test('applications may use their queues and dead letters and nothing else; bridges every queue; the console everything', () => {
  const entries = grantQueues({ queues: [{ queue: 'orders' }], applications: 'applications', bridges: 'bridges' });
  const usable = (group: string) =>
    entries.filter(({ admin, read, write }) => [admin, read, write].every((one) => one.includes(group)));
  const named = (group: string) => usable(group).map((entry) => entry.queue ?? `topic ${entry.topic}`);
  expect(named('applications')).toEqual(['orders', 'DLQ.orders']);
  expect(named('bridges')).toEqual(['>']);
  expect(named('activemq-webconsole')).toEqual(['>', 'topic >']);
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
