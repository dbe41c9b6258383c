import { block } from '../../tools/terraform-modules/hcl';
import { partsOf } from '../../tools/terraform-modules/template';

test('a template is split at its expressions, whatever texts and braces these hold', () => {
  expect(partsOf('a-${var.x ? "}${y}" : {a = 1}.a}-b')).toEqual([
    { expression: false, text: 'a-' },
    { expression: true, text: 'var.x ? "}${y}" : {a = 1}.a' },
    { expression: false, text: '-b' },
  ]);
});

test('blocks and maps are told apart, equals signs stand below each other', () => {
  const of = {
    name: '${var.name}-parked',
    tags: { a: 'b' },
    lifecycle: { ignore_changes: ['enabled'] },
    delay_seconds: 5,
  };
  expect(
    block('resource', ['aws_sqs_queue', 'main'], of, new Set(['aws_sqs_queue/lifecycle'])),
  ).toBe(`resource "aws_sqs_queue" "main" {
  name = "\${var.name}-parked"
  tags = {
    a = "b"
  }
  delay_seconds = 5

  lifecycle {
    ignore_changes = [enabled]
  }
}
`);
});

test('a document is written as a value, with what Terraform fills in where it stands', () => {
  const policy = '{"arn":"${aws_sqs_queue.b.arn}","on":"x/${c.d}/y","count":${var.n},"text":"say \\"hi\\""}';
  expect(block('locals', [], { policy })).toBe(`locals {
  policy = jsonencode({
    arn   = aws_sqs_queue.b.arn
    on    = "x/\${c.d}/y"
    count = var.n
    text  = "say \\"hi\\""
  })
}
`);
});

test('a text that only looks like a document stays one', () => {
  expect(block('locals', [], { text: '{not json' })).toBe('locals {\n  text = "{not json"\n}\n');
});
