import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { main } from '../../review/cli';
import { readPlan } from '../../review/plan/read';
import { Checkout } from '../../review/source/checkout';
import { PLANS } from './plan-files';
import { written } from './written';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'checkout-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string) {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

const PLAN = JSON.stringify({
  format_version: '1.2',
  resource_changes: [],
  configuration: {
    root_module: {
      module_calls: {
        shop: {
          source: './modules/shop',
          module: { module_calls: { queues: { source: '../queues' }, far: { source: 'registry/far/aws' } } },
        },
      },
    },
  },
});

async function placeOf(address: string) {
  const place = new Checkout(folder, (await readPlan(written(PLAN))).configuration).placeOf(address);
  return place && `${relative(folder, place.file)}:${place.line}`;
}

test.each([
  ['aws_sqs_queue.orders', 'main.tf:9'],
  ['aws_sqs_queue.orders["a.b[0]"]', 'main.tf:9'],
  ['module.shop["eu"].module.queues[0].aws_sqs_queue.dead', 'modules/queues/queues.tf:2'],
  ['module.shop.module.far.aws_sqs_queue.far', '.terraform/modules/shop.far/far.tf:1'],
  ['aws_sqs_queue.json', 'cdk.tf.json:11'],
  ['aws_sqs_queue.commented', undefined],
  ['aws_sqs_queue.quoted', undefined],
  ['module.gone.aws_sqs_queue.orders', undefined],
])('%s is declared at %s', async (address, expected) => {
  file(
    'main.tf',
    `# resource "aws_sqs_queue" "commented" {}
locals {
  text = <<-EOT
    resource "aws_sqs_queue" "quoted" {
  EOT
}
/*
*/
resource "aws_sqs_queue" "orders" {
  for_each = {}
}
`,
  );
  file('modules/queues/queues.tf', '\nresource "aws_sqs_queue" "dead" {}\n');
  file('.terraform/modules/shop.far/far.tf', 'resource "aws_sqs_queue" "far" {}\n');
  const modules = { Modules: [{ Key: 'shop.far', Dir: '.terraform/modules/shop.far' }] };
  file('.terraform/modules/modules.json', JSON.stringify(modules));
  const other = { aws_sqs_queue: { name: 'json' } };
  const resource = { aws_sns_topic: { other }, aws_sqs_queue: { json: { name: 'x' } } };
  file('cdk.tf.json', JSON.stringify({ resource }, null, 1));
  expect(await placeOf(address)).toBe(expected);
});

test('every format says the file and line of a finding', async () => {
  file('stack/main.tf', 'resource "aws_sqs_queue" "orders" {}\n');
  const plan = join(PLANS, 'storm.json');
  for (const [format, expected] of [
    ['terminal', /stack\/main\.tf:1/],
    ['markdown', /stack\/main\.tf:1<\/code>/],
    ['json', /"file": ".*stack\/main\.tf",\s*"line": 1/],
    ['sarif', /"uri": ".*stack\/main\.tf"/],
    ['gitlab', /"path": ".*stack\/main\.tf"/],
  ] as const) {
    let text = '';
    const code = await main(
      ['review', plan, '--format', format, '--source', join(folder, 'stack')],
      (part) => {
        text += part;
      },
      false,
    );
    expect(code).toBe(0);
    expect(text).toMatch(expected);
  }
});
