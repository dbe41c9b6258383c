import fc from 'fast-check';
import { attributeOf, parseReference, references, resolve } from '../../local/deploy/expressions';

describe('references of synthesized Terraform', () => {
  test.each([
    ['var.payment_url', { kind: 'variable', name: 'payment_url' }],
    ['local.names', { kind: 'local', name: 'names' }],
    [
      'aws_sqs_queue.orders_main_1234.arn',
      { kind: 'resource', address: 'aws_sqs_queue.orders_main_1234', attribute: 'arn' },
    ],
    [
      'aws_mq_broker.broker_1.instances[0].endpoints[0]',
      { kind: 'resource', address: 'aws_mq_broker.broker_1', attribute: 'instances[0].endpoints[0]' },
    ],
    [
      'data.terraform_remote_state.cross-stack-reference-input-dev-eu-shop.outputs.cross-stack-output-x',
      { kind: 'output', stack: 'dev-eu-shop', name: 'cross-stack-output-x' },
    ],
  ])('%s', (expression, reference) => {
    expect(parseReference(expression)).toEqual(reference);
  });

  test.each(['jsonencode({})', 'aws_sqs_queue.a.arn == ""', 'data.aws_region.here.name', 'aws_sqs_queue.a[0].arn', ''])(
    'more than a plain reference is refused: %s',
    (expression) => {
      expect(() => parseReference(expression)).toThrow('more than a plain reference');
    },
  );

  test('a part of an attribute is found by its path, and one that is not there is undefined', () => {
    const attributes = { arn: 'a', instances: [{ endpoints: ['ssl://one'] }] };
    expect(attributeOf(attributes, 'arn')).toBe('a');
    expect(attributeOf(attributes, 'instances[0].endpoints[0]')).toBe('ssl://one');
    expect(attributeOf(attributes, 'instances[1].endpoints[0]')).toBeUndefined();
  });

  test('one reference alone keeps its type; within text it becomes text; an escaped one stays', () => {
    const lookUp = () => 30;
    expect(resolve({ a: ['${var.x}', 'is ${var.x} s', '$${var.x} %%{if}', true] }, lookUp)).toEqual({
      a: [30, 'is 30 s', '${var.x} %{if}', true],
    });
  });

  test('what is resolved is exactly what references finds, however deep', () => {
    const names = fc.stringMatching(/^[a-z]\w{0,8}$/);
    const leaf = fc.oneof(
      names,
      names.map((name) => `\${var.${name}}`),
      fc.integer(),
      fc.constant(null),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie('tree')), fc.dictionary(names, tie('tree'))),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const asked: string[] = [];
        resolve(value, (reference) => {
          if (reference.kind === 'variable') asked.push(reference.name);
          return 'x';
        });
        expect(asked).toEqual(references(value).map((reference) => 'name' in reference && reference.name));
      }),
    );
  });
});
