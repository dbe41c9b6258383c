import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TerraformStack, Testing } from 'cdktf';
import { addStacks } from '../../environments';
import { exampleWithBrokers } from '../environments/example';
import { bundleExamples, examplesIn, MODULES, root, written } from '../modules/examples-of-readmes';
import { synthesized } from '../modules/synthesized';
import { type Held, heldBy, lostBetween, type Stack } from './stateful';

const FILE = join(__dirname, 'released.json');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
/** The example of every module, and the coffee shop with its brokers. */
function stacks(): Map<string, Stack> {
  bundleExamples();
  const example = examplesIn(written());
  const modules = MODULES.map((name): [string, Stack] => [
    `modules/${name}`,
    synthesized((stack) => example(name, stack)).json,
  ]);
  const app = Testing.app();
  addStacks(app, exampleWithBrokers);
  const shop = app.node.children.filter((child): child is TerraformStack => 'dependencies' in child);
  for (const stack of shop) stack.prepareStack();
  return new Map([
    ...modules,
    ...shop.map((stack): [string, Stack] => [stack.node.id, JSON.parse(JSON.stringify(stack.toTerraform()))]),
  ]);
}

const now = stacks();

if (process.env.SPILLWAY_RECORD_RELEASE) {
  const held = Object.fromEntries([...now].map(([name, stack]) => [name, heldBy(stack)]));
  writeFileSync(FILE, `${JSON.stringify({ version, stacks: held }, null, 2)}\n`);
}

/** What the last release made of the examples: `npm run record-release`, also where an example shows something else now. */
const released = JSON.parse(readFileSync(FILE, 'utf8')) as { version: string; stacks: Record<string, Held> };

test.each(Object.entries(released.stacks))(
  'nothing that %s held at the last release is lost by an upgrade, unless docs/upgrading.md says so',
  (name, held) => {
    const told = readFileSync(join(root, 'docs', 'upgrading.md'), 'utf8');
    const lost = lostBetween(held, now.get(name) ?? {});
    expect(lost.filter((each) => !told.includes(`\`${each.split(' ')[0]}\``))).toEqual([]);
  },
);

test('there is something to lose in the examples', () => {
  expect(Object.values(released.stacks).flatMap((held) => Object.keys(held)).length).toBeGreaterThan(80);
});

describe('an upgrade', () => {
  const orders = { 'aws_sqs_queue.orders': { name: 'orders' } };
  const queue = (id: string, name = 'orders') => ({
    resource: { aws_sqs_queue: { [id]: { name, delay_seconds: 3 } } },
  });

  test.each<[string, Stack, readonly string[]]>([
    ['that changes a setting loses nothing', queue('orders'), []],
    ['that names another address loses what was there', queue('main'), ['aws_sqs_queue.orders is destroyed']],
    [
      'that says where it moved loses nothing',
      { ...queue('main'), moved: [{ from: 'aws_sqs_queue.orders', to: 'aws_sqs_queue.main' }] },
      [],
    ],
    [
      'that names it otherwise on AWS replaces it',
      queue('orders', 'coffee'),
      ['aws_sqs_queue.orders is replaced: name was "orders", is "coffee"'],
    ],
  ])('%s', (_, stack, lost) => expect(lostBetween(orders, stack)).toEqual(lost));
});
