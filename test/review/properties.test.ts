import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { readPlan } from '../../review/plan/read';
import { resourceOf } from '../../review/plan/resource';
import { Policy } from '../../review/policy/policy';
import { json } from '../../review/report/json';
import { markdown } from '../../review/report/markdown';
import type { Review } from '../../review/report/review';
import { sarif } from '../../review/report/sarif';
import { terminal } from '../../review/report/terminal';
import { keptAttributes } from '../../review/resources';
import { reviewPlan } from '../../review/review';
import { elsewhere, type Json, nested, renamed, together, withNeighbours } from './changed-plans';
import { PLANS, reviewOf, TODAY } from './plan-files';
import { Shop } from './shop/shop';
import { written } from './written';

const names = readdirSync(PLANS).filter((name) => name.endsWith('.json'));
const plans = new Map(names.map((name) => [name, readFileSync(join(PLANS, name), 'utf8')]));
const anyPlan = fc.constantFrom(...names);
const parsed = (name: string): Json => JSON.parse(plans.get(name) as string);

/** What a report counts, with addresses mapped back, in an order that doesn't depend on them. */
const essence = (review: Review, back: (address: string) => string = (address) => address) =>
  review.findings.map(({ rule, severity, address }) => `${severity} ${rule} ${back(address)}`).sort();

/** Together-findings stand at one of the brokers, competing consumers at one of the mappings: which one follows the order. */
const unordered = (lines: string[]) =>
  lines.map((line) => (/brokers-together|competing/.test(line) ? line.replace(/ \S+$/, '') : line)).sort();

const everyFormat = (review: Review): string =>
  [
    markdown([review], []),
    json([review], []),
    sarif([review], ['plan.json'], undefined),
    terminal([review], [], { colour: false }),
  ].join('\n');

test('the order of resources changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(anyPlan, fc.infiniteStream(fc.nat()), async (name, random) => {
      const plan = parsed(name);
      const shuffled = [...(plan.resource_changes as Json[])]
        .map((change) => ({ change, at: random.next().value as number }))
        .sort((a, b) => a.at - b.at)
        .map(({ change }) => change);
      expect(essence(await reviewOf({ ...plan, resource_changes: shuffled }))).toEqual(essence(await reviewOf(plan)));
    }),
    { numRuns: 20 },
  );
});

test('other addresses give the same findings at the other addresses', async () => {
  await fc.assert(
    fc.asyncProperty(anyPlan, fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/), async (name, prefix) => {
      const review = await reviewOf(renamed(plans.get(name) as string, (_, resource) => `${prefix}_${resource}`));
      const back = (address: string) => address.replace(`.${prefix}_`, '.');
      expect(unordered(essence(review, back))).toEqual(unordered(essence(await reviewOf(parsed(name)))));
    }),
    { numRuns: 20 },
  );
});

test('modules around it, count and for_each change only addresses', async () => {
  const key = fc.option(fc.oneof(fc.nat(9), fc.constantFrom('eu', 'a.b', 'x"]y')), { nil: undefined });
  await fc.assert(
    fc.asyncProperty(
      anyPlan,
      fc.array(fc.constantFrom('shop', 'queues', 'inner'), { maxLength: 3 }),
      fc.array(key, { minLength: 3, maxLength: 3 }),
      key,
      async (name, modules, keys, index) => {
        const plan = parsed(name);
        const review = await reviewOf(nested(plan, modules, keys, index));
        const back = (address: string) => /(aws_\w+\.\w+)(\[[^\]]*\].*)?$/.exec(address)?.[1] ?? address;
        expect(essence(review, back)).toEqual(essence(await reviewOf(plan)));
      },
    ),
    { numRuns: 30 },
  );
});

/** What looks at all brokers of a plan, or adds its costs up, sees more in a larger plan; a name of IAM or S3 is one in all regions. */
const ofOneWorld = (lines: string[]) =>
  unordered(lines).filter(
    (line) => !/brokers-together|cost\/increase test$|loss\/overwritten .*aws_(iam_role|s3_bucket)\./.test(line),
  );

const REGIONS = ['us-east-1', 'eu-west-1'];

/** As a state that AWS provider 6 wrote, in which some resources have no ARN to tell their place by. */
function inRegion(plan: Json, region: string): void {
  const { resource_changes, configuration } = plan as {
    resource_changes: Entry[];
    configuration: { root_module: Json };
  };
  for (const { change } of resource_changes)
    for (const attributes of [change.before, change.after]) if (attributes) attributes.region = region;
  for (const block of configuration.root_module.resources as Json[]) block.provider_config_key = 'aws';
}

test('two worlds with equal names in one plan give the findings of both, each of its own', async () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/);
  await fc.assert(
    fc.asyncProperty(
      anyPlan,
      anyPlan,
      fc.uniqueArray(word, { minLength: 2, maxLength: 2 }),
      fc.constantFrom('modules', 'modules without a configuration', 'names', 'regions'),
      async (here, there, [one = '', other = ''], apart) => {
        const [near, far] = [plans.get(here) as string, elsewhere(JSON.stringify(parsed(there)))];
        const worlds = /names|regions/.test(apart)
          ? [renamed(near, (_, name) => `${one}_${name}`), renamed(far, (_, name) => `${other}_${name}`)]
          : [
              nested(JSON.parse(near), [one], [undefined], undefined),
              nested(JSON.parse(far), [other], [undefined], undefined),
            ];
        // One provider for both: which region a resource is in, only the resource says (AWS provider 6).
        if (apart === 'regions')
          for (const [index, world] of worlds.entries()) inRegion(world, REGIONS[index] as string);
        const both = together(...(worlds as [Json, Json]));
        if (apart === 'modules without a configuration') {
          // What is new has no ARN yet, and without a configuration no region either.
          fc.pre(here !== 'create.json' && there !== 'create.json');
          for (const plan of [both, ...worlds]) delete plan.configuration;
        }
        const alone = await Promise.all(worlds.map(async (world) => essence(await reviewOf(world))));
        expect(ofOneWorld(essence(await reviewOf(both)))).toEqual(ofOneWorld(alone.flat()));
      },
    ),
    { numRuns: 60 },
  );
});

test('what stands beside a resource, with the id of that resource, hides nothing of it', async () => {
  await fc.assert(
    fc.asyncProperty(anyPlan, fc.constantFrom('a', 'orders', 'z'), async (name, neighbour) => {
      const plan = parsed(name);
      expect(essence(await reviewOf(withNeighbours(plan, neighbour)))).toEqual(essence(await reviewOf(plan)));
    }),
    { numRuns: 30 },
  );
});

type Entry = { type: string; change: Change };
interface Change {
  actions: string[];
  before: Json | null;
  after: Json | null;
  after_unknown?: Json;
}

/** Every place of a resource that a review may read: attributes of what is there after the apply, and of the blocks in them. */
function placesOf({ type, change }: Entry): string[][] {
  const below = (value: unknown): string[][] => {
    if (typeof value !== 'object' || value === null) return [[]];
    return Object.entries(value).flatMap(([name, item]) => [[name], ...below(item).map((path) => [name, ...path])]);
  };
  const paths = below(keptAttributes.of(type, change.after ?? {})).map((path) => path.join('.'));
  return [...new Set(paths)].filter((path) => path !== '').map((path) => path.split('.'));
}

/** As a plan shows what only the apply will tell: the values are not there, and marks say why. */
function withUnknown(entry: Entry, paths: readonly string[][]): Entry {
  const { type, change } = structuredClone(entry);
  change.after_unknown ??= {};
  for (const path of paths) {
    const last = path.at(-1) as string;
    let [value, mark]: [unknown, unknown] = [change.after, change.after_unknown];
    for (const step of path.slice(0, -1)) {
      const [values, marks] = [value as Json | undefined, mark as Json | true];
      if (marks === true || values === undefined) break;
      marks[step] ??= Array.isArray(values[step]) ? (values[step] as unknown[]).map(() => ({})) : {};
      [value, mark] = [values[step], marks[step]];
    }
    if (mark === true || typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) value[Number(last)] = null;
    else delete (value as Json)[last];
    (mark as Json)[last] = true;
  }
  return { ...entry, type, change: change.actions[0] === 'no-op' ? { ...change, actions: ['update'] } : change };
}

const SAYS_SO = /known after apply|not known yet/;
/** That a thing ends is certain; whether it begins again under another address or index is not, once its name is unknown. */
const ENDS = /^loss\/(destroyed|replaced|renamed|index-shifted)$/;

/** Everything that a report says for certain. A smaller reservation is said by itself where it is unsure whether it makes a storm. */
const certain = ({ findings, cost, outages }: Review): string[] => [
  ...findings
    .filter(({ rule, before }) => !(rule === 'stop/capacity-reduced' && before?.startsWith('reserved')))
    .filter(({ before, after, why }) => !SAYS_SO.test(`${before} ${after} ${why}`))
    .map(({ rule, address }) => (ENDS.test(rule) ? `an end ${address.replace(/\[\d+\]$/, '')}` : `${rule} ${address}`)),
  ...cost.items.map(({ address, before, after }) => `$${before} → $${after} ${address}`),
  ...outages.map(({ queue, settings }) => `${settings.before} → ${settings.after} ${queue}`),
];

describe('a value that becomes unknown', () => {
  /** The pages of the rules have every rule's types and attributes in them. */
  const pages = join(PLANS, '../../../docs/rules');
  const examples = readdirSync(pages).flatMap((page) =>
    [...readFileSync(join(pages, page), 'utf8').matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => text as string),
  );
  const all = [...plans.values(), ...examples, JSON.stringify(new Shop().plan())].map(
    (text) => JSON.parse(text) as { resource_changes: Entry[] },
  );

  /** What the review says more when these places are unknown; the plan is read once, and only the resources again. */
  async function additions(plan: { resource_changes: Entry[] }) {
    const read = await readPlan(written(JSON.stringify(plan)));
    const reviewed = (entries: readonly Entry[]) => {
      const changed = new Map(
        entries.map((entry) => resourceOf(entry as never, false)).map((each) => [each.address, each]),
      );
      const resources = read.resources.map((each) => changed.get(each.address) ?? each);
      return certain(reviewPlan({ ...read, resources }, new Policy({}, TODAY)));
    };
    const known = new Set(reviewed([]));
    return (entries: readonly Entry[]) => reviewed(entries).filter((line) => !known.has(line));
  }

  test('says nothing more for certain, one value at a time', async () => {
    const found: string[] = [];
    for (const plan of all) {
      const adds = await additions(plan);
      for (const entry of plan.resource_changes)
        for (const path of placesOf(entry))
          for (const line of adds([withUnknown(entry, [path])])) found.push(`${path.join('.')}: ${line}`);
    }
    expect(found).toEqual([]);
  });

  test('says nothing more for certain, any of them together', async () => {
    const prepared = await Promise.all(all.map(async (plan) => ({ plan, adds: await additions(plan) })));
    fc.assert(
      fc.property(fc.constantFrom(...prepared), fc.infiniteStream(fc.boolean()), ({ plan, adds }, random) => {
        const some = (entry: Entry) => placesOf(entry).filter(() => random.next().value);
        expect(adds(plan.resource_changes.map((entry) => withUnknown(entry, some(entry))))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

test('what is marked sensitive appears in no output, wherever it stands', async () => {
  const secret = 'S3cr3t-w1th-"quotes"-and-ünicode';
  await fc.assert(
    fc.asyncProperty(anyPlan, fc.infiniteStream(fc.boolean()), async (name, random) => {
      const plan = parsed(name);
      for (const { change } of plan.resource_changes as {
        change: Record<'before' | 'after' | 'before_sensitive' | 'after_sensitive', Json>;
      }[]) {
        for (const side of ['before', 'after'] as const) {
          for (const attribute of Object.keys(change[side] ?? {})) {
            if (!random.next().value) continue;
            change[side][attribute] = Array.isArray(change[side][attribute]) ? [{ value: secret }] : secret;
            change[`${side}_sensitive`] = { ...change[`${side}_sensitive`], [attribute]: true };
          }
        }
      }
      plan.variables = { password: { value: secret } };
      plan.output_changes = {
        leaked: { actions: ['create'], before: null, after: secret, after_sensitive: true, before_sensitive: false },
      };
      (plan.configuration as { root_module: Json }).root_module.variables = {
        password: { default: secret, sensitive: true },
      };
      const review = await reviewOf(plan);
      const text = everyFormat(review);
      for (const form of [secret, JSON.stringify(secret).slice(1, -1), 'S3cr3t-w1th', 'not-a-real-password'])
        expect(text).not.toContain(form);
    }),
    { numRuns: 40 },
  );
});

test('a secret that an unmarked attribute repeats is taken out as well', async () => {
  const review = await reviewOf({
    format_version: '1.2',
    variables: { token: { value: 'hunter2-hunter2' } },
    resource_changes: [
      {
        address: 'aws_sqs_queue.q',
        type: 'aws_sqs_queue',
        name: 'q',
        change: { actions: ['delete'], before: { name: 'queue-hunter2-hunter2' }, after: null },
      },
    ],
    configuration: { root_module: { variables: { token: { sensitive: true } } } },
  });
  expect(review.findings).toHaveLength(1);
  expect(everyFormat(review)).not.toContain('hunter2-hunter2');
});

test('a sensitive word that the plan has nowhere else stays in our own sentences', async () => {
  const review = await reviewOf({
    ...parsed('rename-queue.json'),
    variables: { word: { value: 'create' }, phrase: { value: 'the destroy' } },
    configuration: { root_module: { variables: { word: { sensitive: true }, phrase: { sensitive: true } } } },
  });
  expect(review.findings.length).toBeGreaterThan(0);
  expect(everyFormat(review)).not.toContain('(sensitive)');
});

test('a sensitive word that is part of an address leaves the address whole', async () => {
  const review = await reviewOf({
    format_version: '1.2',
    variables: { database: { value: 'orders' } },
    resource_changes: [
      {
        ...{ address: 'aws_sqs_queue.orders', type: 'aws_sqs_queue', name: 'orders' },
        change: { actions: ['delete'], before: { name: 'orders' }, after: null },
      },
    ],
    configuration: { root_module: { variables: { database: { sensitive: true } } } },
  });
  expect(review.findings).toHaveLength(1);
  expect(everyFormat(review)).not.toContain('(sensitive)');
});

test('a password inside a secret document is taken out as well, the user name beside it is not', async () => {
  const secret = JSON.stringify({ username: 'orders', password: 'hunter2-hunter2' });
  const review = await reviewOf({
    format_version: '1.2',
    resource_changes: [
      {
        address: 'aws_secretsmanager_secret_version.login',
        type: 'aws_secretsmanager_secret_version',
        name: 'login',
        change: {
          ...{ actions: ['update'], before: { secret_string: 'old' }, after: { secret_string: secret } },
          ...{ before_sensitive: { secret_string: true }, after_sensitive: { secret_string: true } },
        },
      },
      {
        address: 'aws_sqs_queue.q',
        type: 'aws_sqs_queue',
        name: 'q',
        change: { actions: ['delete'], before: { name: 'orders-hunter2-hunter2' }, after: null },
      },
    ],
  });
  expect(everyFormat(review)).not.toContain('hunter2-hunter2');
  expect(review.findings[0]?.before).toBe('orders-(sensitive)');
});
