import fc from 'fast-check';
import { inOrder, parseStack } from '../../local/deploy/synthesized';

const stack = (json: object) => parseStack('local-shop', 'stacks/local-shop', json as Record<string, unknown>);
const queue = (values: object) => ({ resource: { aws_sqs_queue: { orders: values } } });

describe('reading a synthesized stack', () => {
  test('what a resource refers to comes before it, and so does what it names under depends_on', () => {
    const { resources } = stack({
      resource: {
        aws_lambda_event_source_mapping: {
          map: { event_source_arn: '${aws_sqs_queue.main.arn}', depends_on: ['aws_iam_role_policy.may'] },
        },
        aws_sqs_queue: {
          main: { redrive_policy: '{"deadLetterTargetArn":"${aws_sqs_queue.parked.arn}"}' },
          parked: {},
        },
        aws_iam_role_policy: { may: {} },
      },
    });
    expect(resources.map(({ address }) => address)).toEqual([
      'aws_iam_role_policy.may',
      'aws_sqs_queue.parked',
      'aws_sqs_queue.main',
      'aws_lambda_event_source_mapping.map',
    ]);
  });

  test('the region is the resource’s own, its provider’s, or the default provider’s', () => {
    const provider = { aws: [{ region: 'eu-central-1' }, { region: 'us-east-1', alias: 'peer' }] };
    const region = (values: object) => stack({ provider, ...queue(values) }).resources[0]?.region;
    expect([region({}), region({ provider: 'aws.peer' }), region({ region: 'ap-south-1' })]).toEqual([
      'eu-central-1',
      'us-east-1',
      'ap-south-1',
    ]);
  });

  test('only the attribute itself counts of an ignored path', () => {
    const lifecycle = { ignore_changes: ['enabled', 'scaling_config[0].maximum_concurrency'] };
    expect(stack(queue({ lifecycle })).resources[0]?.ignoreChanges).toEqual(['enabled', 'scaling_config']);
  });

  test.each([
    ['a module', { module: { other: {} } }, 'modules can’t'],
    ['a data source', { data: { aws_region: { here: {} } } }, 'data sources can’t'],
    ['count', queue({ count: 2 }), 'aws_sqs_queue.orders has count'],
    ['for_each', queue({ for_each: '${toset([])}' }), 'aws_sqs_queue.orders has for_each'],
    ['a function', queue({ name: '${upper("x")}' }), 'more than a plain reference'],
  ])('%s is refused, never skipped', (_, json, message) => {
    expect(() => stack(json)).toThrow(message.replace('’', "'"));
  });

  test('resources that need each other are named in a circle', () => {
    const needs = { a: ['b'], b: ['c'], c: ['a'] } as Record<string, string[]>;
    expect(() => inOrder(Object.keys(needs), String, (key) => needs[key] ?? [])).toThrow('a → b → c → a');
  });

  test('whatever the graph: everything once, and nothing before what it needs', () => {
    // An item needs only lower ones, so there is no circle; then the items are shuffled.
    const graphs = fc
      .array(fc.array(fc.nat(20)), { maxLength: 20 })
      .map((lists) => lists.map((list, index) => ({ index, needs: list.filter((each) => each < index) })))
      .chain((items) => fc.shuffledSubarray(items, { minLength: items.length }));
    fc.assert(
      fc.property(graphs, (items) => {
        const ordered = inOrder(
          items,
          ({ index }) => `${index}`,
          ({ needs }) => needs.map(String),
        );
        const position = new Map(ordered.map(({ index }, at) => [index, at]));
        expect(position.size).toBe(items.length);
        for (const { index, needs } of items) {
          for (const needed of needs) expect(position.get(needed)).toBeLessThan(position.get(index) as number);
        }
      }),
    );
  });
});
