import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, TerraformStack } from 'cdktf';
import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { setDefaults } from '../../modules/defaults';
import { MODULES } from '../../tools/terraform-modules';
import { archiveOf, writeAll } from '../../tools/terraform-modules/archive';
import { choose } from '../../tools/terraform-modules/choose';
import {
  everyVariable,
  KEY,
  optionsOf,
  type TerraformModule,
  type Values,
  type Variable,
} from '../../tools/terraform-modules/definition';
import { Choice, Document, documentIn, Expression, isObject, partsOf } from '../../tools/terraform-modules/template';
import { writeModule } from '../../tools/terraform-modules/write';

const root = join(__dirname, '..', '..');
const scratch = mkdtempSync(join(tmpdir(), 'modules-'));
afterAll(() => rmSync(scratch, { recursive: true }));

type Json = Record<string, unknown>;

const written = new Map(
  MODULES.map((module) => {
    const directory = join(scratch, module.name);
    const configuration = writeModule(module, directory);
    const read = (file: string) => readFileSync(join(directory, file), 'utf8');
    return [module.name, { module, directory, read, configuration }];
  }),
);
const NAMES = [...written.keys()];
const of = (name: string) => written.get(name) as NonNullable<ReturnType<typeof written.get>>;

/** What an HCL expression refers to: `aws_….name`, `data.….name`, `module.name`, `var.name`, `local.name`. */
const referencesIn = (expression: string): string[] =>
  (expression.replace(/"(?:[^"\\]|\\.)*"/g, '""').match(REFERENCE) ?? []).map((each) => each.replace(/\s/g, ''));
const REFERENCE = /(?<![\w.])(?:data\.aws_\w+\.[\w-]+|aws_\w+\.[\w-]+|(?:module|var|local)\.\w+)/g;

/** References of a configuration in HCL to what no block of it declares. */
function undeclaredIn(text: string): string[] {
  const source = text.replace(/^\s*#.*$/gm, '');
  const declared = new Set<string>();
  for (const [, kind = '', ...labels] of source.matchAll(/^(\w+)(?: "(\w+)")(?: "(\w+)")? \{/gm)) {
    const path = labels.filter(Boolean).join('.');
    declared.add(kind === 'resource' ? path : `${kind === 'variable' ? 'var' : kind}.${path}`);
  }
  for (const [, body = ''] of source.matchAll(/^locals \{\n([\s\S]*?)^\}/gm))
    for (const [, local] of body.matchAll(/^ {2}(\w+) +=/gm)) declared.add(`local.${local}`);
  return [...new Set(referencesIn(source))].filter((each) => !declared.has(each));
}

test('a reference to what is declared nowhere is found', () => {
  const example = 'module "orders" {\n  a = [aws_sns_topic.on_call.arn]\n  b = local.c\n  d = "aws_iam_role.text"\n}\n';
  expect(undeclaredIn(example)).toEqual(['aws_sns_topic.on_call', 'local.c']);
  expect(undeclaredIn(`${example}resource "aws_sns_topic" "on_call" {\n}\nlocals {\n  c = 1\n}\n`)).toEqual([]);
});

describe.each(NAMES)('%s', (name) => {
  const { module, directory, read, configuration } = of(name);
  const main = read('main.tf');
  const variables: Record<string, Json> = configuration.variable;

  test('it leaves provider, backend and credentials to its caller, and holds no path of this machine', () => {
    expect(main.match(/^(?!data |resource )\w+ .*\{$/gm)).toBeNull();
    expect(Object.keys(configuration.terraform)).toEqual(['required_version', 'required_providers']);
    for (const file of ['main.tf', 'variables.tf', 'outputs.tf', 'README.md']) {
      expect(read(file)).not.toContain(root);
      expect(read(file)).not.toContain(tmpdir());
    }
  });

  test('every variable says what it is and is used, and no other is', () => {
    const used = new Set([...`${main}${read('outputs.tf')}`.matchAll(/\bvar\.(\w+)/g)].map(([, each]) => each));
    expect([...used].sort()).toEqual(Object.keys(variables).sort());
    for (const { type, description } of Object.values(variables))
      expect([type, description]).toEqual([expect.any(String), expect.stringMatching(/\.$/)]);
  });

  test('no value that only Terraform knows was reckoned with when it was written', () => {
    // Numbers that cdktf puts in the place of one are far beyond any limit.
    expect(main).not.toMatch(/\de\+\d{3}|TfToken|Infinity|NaN|undefined/);
  });

  test('a variable with a limit is refused by it, and one that may be left out is held to it only when it is set', () => {
    for (const [each, { allowed, default: byDefault }] of Object.entries({
      ...everyVariable,
      ...module.variables,
    } as Record<string, Variable>)) {
      if (!(each in variables)) continue;
      const [validation] = (variables[each]?.validation ?? []) as { condition: string }[];
      expect([each, validation !== undefined]).toEqual([each, allowed !== undefined]);
      if (validation)
        expect(validation.condition.startsWith('${var.') && validation.condition.includes('== null ?')).toBe(
          byDefault === null,
        );
    }
  });

  test('the archives of its functions lie in it, and no notes of what wrote it', () => {
    for (const [, archive = ''] of main.matchAll(/\$\{path\.module\}\/([\w.-]+)/g))
      expect(existsSync(join(directory, archive))).toBe(true);
    expect(main).not.toContain('assets/');
    expect(main).not.toContain('//');
  });

  test('the example sets what has to be set, and nothing that is not there', () => {
    const [, body = ''] = /module "\w+" \{\n([\s\S]*?)\n\}/.exec(module.example) ?? [];
    const set = [...body.matchAll(/^ {2}(\w+) +=/gm)].map(([, each = '']) => each).filter((each) => each !== 'source');
    const required = Object.keys(variables).filter((each) => !('default' in (variables[each] as Json)));
    expect(set).toEqual(expect.arrayContaining(required));
    expect(set.filter((each) => !(each in variables))).toEqual([]);
    const outputs = Object.keys(configuration.output);
    for (const [, output] of module.example.matchAll(/module\.\w+\.(\w+)/g)) expect(outputs).toContain(output);
  });

  test('the complete example refers to nothing that is not declared in it', () => {
    expect(undeclaredIn(read('examples/complete/main.tf'))).toEqual([]);
  });

  test('the module refers to nothing that is not declared in it', () => {
    const declared = new Set<string>();
    for (const [, kind, type, name] of main.matchAll(/^(data|resource) "(\w+)" "([\w-]+)" \{/gm))
      declared.add(`${kind === 'data' ? 'data.' : ''}${type}.${name}`);
    // Those within texts as well.
    const text = `${main}${read('outputs.tf')}`.replace(/^(data|resource) .*$/gm, '');
    const used = text.match(/(?<![\w."-])(?:data\.)?aws_\w+\.[\w-]+/g) ?? [];
    expect([...new Set(used)].filter((each) => !declared.has(each))).toEqual([]);
    expect(used.length).toBeGreaterThan(0);
  });

  test('its key is held to the form of a key’s ARN, and may be left out', () => {
    if (!variables.kms_key_arn) return;
    const [validation] = variables.kms_key_arn.validation as [{ condition: string }];
    const [, pattern = ''] =
      /^\$\{var\.kms_key_arn == null \? true : can\(regex\((".*"), var/.exec(validation.condition) ?? [];
    const form = new RegExp(JSON.parse(pattern));
    expect(form.test('arn:aws:kms:eu-west-1:111111111111:key/0a1b')).toBe(true);
    for (const wrong of ['alias/orders', '0a1b', 'arn:aws:kms:eu-west-1:111111111111:alias/orders'])
      expect(form.test(wrong)).toBe(false);
  });

  test('the provider that it asks for knows the runtime of its functions', () => {
    const { required_providers } = configuration.terraform;
    const [, minor = ''] = /^~> 6\.(\d+)$/.exec(String(required_providers.aws.version)) ?? [];
    if (main.includes('nodejs24.x')) expect(Number(minor)).toBeGreaterThanOrEqual(19);
  });

  test('with a key of one’s own everything that is kept is encrypted with it, and whoever needs it may use it', () => {
    if (!variables.kms_key_arn) return;
    const queues = configuration.resource.aws_sqs_queue;
    for (const queue of Object.values(queues ?? {})) {
      // What can't be encrypted by the key is kept without it.
      if (queue.kms_master_key_id === undefined) expect(queue.sqs_managed_sse_enabled).toBe(true);
      else {
        expect(queue.kms_master_key_id).toBe('${var.kms_key_arn}');
        expect(queue.sqs_managed_sse_enabled).toEqual(new Choice('var.kms_key_arn != null', null, true));
      }
    }
  });
});

test.each(['tiered-queue', 'protected-consumer'])('what %s made under its old names is moved, not replaced', (name) => {
  const { read, configuration } = of(name);
  const moves = [...read('moved.tf').matchAll(/from = (\S+)\n {2}to {3}= (\S+)/g)].map(([, from, to]) => [from, to]);
  const hashed = Object.entries(configuration.resource).flatMap(([type, named]) =>
    Object.keys(named).map((each) => `${type}.${each}`),
  );
  const main = read('main.tf');
  expect(moves.filter(([from]) => from?.startsWith('aws_sqs_queue.')).length).toBeGreaterThanOrEqual(3);
  for (const [from = '', to = ''] of moves) {
    expect(hashed).toContain(from);
    expect(main).toContain(`resource "${to.split('.')[0]}" "${to.split('.')[1]}"`);
  }
  // Every resource whose name has changed has its move.
  for (const address of hashed) {
    const [type = '', short = ''] = address.split('.');
    if (!main.includes(`resource "${type}" "${short}"`)) expect(moves.map(([from]) => from)).toContain(address);
  }
});

/** What the functions that are used of Terraform's come to. */
const FUNCTIONS = {
  floor: Math.floor,
  max: Math.max,
  min: Math.min,
  split: (by: string, text: string) => text.split(by),
  element: (list: readonly string[], index: number) => list[index],
  replace: (text: string, from: string, to: string) => text.replaceAll(from, to),
  join: (by: string, list: readonly string[]) => list.join(by),
  length: (list: readonly unknown[]) => list.length,
};

/** An expression that refers to no resource, with the variables' values. */
function evaluated(text: string, given: Json): unknown {
  const known = Object.entries(FUNCTIONS);
  return new Function('var_', ...known.map(([name]) => name), `return ${text.replace(/\bvar\./g, 'var_.')}`)(
    given,
    ...known.map(([, each]) => each),
  );
}

/** What Terraform makes of a configuration with these values: what is `null` or of a `count` of 0 isn't there. */
function withValues(of: unknown, given: Json): unknown {
  if (of instanceof Choice) return withValues(evaluated(of.condition, given) ? of.then : of.otherwise, given);
  if (of instanceof Document) return { document: withValues(of.value, given) };
  if (of instanceof Expression) return withValues(`\${${of.text}}`, given);
  if (Array.isArray(of)) return of.map((each) => withValues(each, given)).filter((each) => each !== null);
  if (isObject(of)) {
    const { dynamic = {}, count, ...fixed } = of as Json;
    if (count !== undefined && withValues(count, given) !== '1') return null;
    const blocks = Object.entries(dynamic as Record<string, Json>)
      .filter(([, { for_each }]) => (withValues(for_each, given) as unknown[]).length > 0)
      .map(([name, { content }]) => [name, content]);
    const all = [...Object.entries(fixed), ...blocks].map(([key, each]) => [key, withValues(each, given)] as const);
    return Object.fromEntries(all.filter(([, each]) => each !== null));
  }
  // Terraform makes a text of a number where one is asked for.
  if (typeof of === 'number') return String(of);
  if (typeof of !== 'string') return of;
  const document = documentIn(of);
  if (document) return withValues(document, given);
  const parts = partsOf(of).map(({ expression, text }) => {
    if (!expression) return text;
    return /\b(?:aws_|path\.)/.test(text) ? `\${${text}}` : evaluated(text, given);
  });
  const [only] = parts;
  if (parts.length > 1) return parts.join('');
  return typeof only === 'number'
    ? String(only)
    : typeof only === 'string'
      ? documentIn(only)
        ? withValues(only, given)
        : only
      : only;
}

describe('a choice', () => {
  const value = fc.oneof(
    fc.string().filter((each) => !each.includes('${') && !documentIn(each)),
    fc.boolean(),
  );
  const lists = fc.array(fc.record({ Effect: value, Action: fc.array(value) }));

  test.each([
    ['a value', value],
    ['lists that have some of their elements in common', lists],
    ['documents', lists.map((Statement) => JSON.stringify({ Version: 1, Statement }))],
  ] as [string, fc.Arbitrary<unknown>][])('gives back what it was made of, on either side: %s', (_, of) => {
    fc.assert(
      fc.property(of, of, (then, otherwise) => {
        const chosen = choose('var.it', then, otherwise);
        expect(withValues(chosen, { it: true })).toEqual(withValues(then, {}));
        expect(withValues(chosen, { it: false })).toEqual(withValues(otherwise, {}));
      }),
    );
  });

  test('between a variable that is set and nothing is the variable', () => {
    expect(choose('var.k != null', '${var.k}', undefined)).toBe('${var.k}');
    expect(choose('var.k != null', '${var.other}', undefined)).toEqual(
      new Choice('var.k != null', '${var.other}', null),
    );
  });

  test('of a resource that only one side has is a count', () => {
    const [then, otherwise] = [{ aws_x: { one: { a: 1 } }, aws_y: { two: {} } }, { aws_y: { two: {} } }];
    expect(choose('it', then, otherwise, 'resource')).toEqual({
      aws_x: { one: { count: new Choice('it', 1, 0), a: 1 } },
      aws_y: { two: {} },
    });
  });

  test('can’t be between blocks of different number, and is refused by their path', () => {
    expect(() => choose('it', { list: [1] }, { list: [2] }, '', (path) => path === '/list')).toThrow(
      "/list can't depend on it",
    );
  });
});

describe('a Terraform module makes what its construct makes', () => {
  /** What every module has, as if nobody had said anything, and what only Terraform is told. */
  const NOTHING_SAID: Json = {
    ...{ tags: {}, region: null, permissions_boundary: null, role_path: null },
    runbooks_base_url: 'docs/runbooks',
  };
  const IGNORED = new Set(['//', 'filename', 'lifecycle', 'tags', 'depends_on', 'path']);

  /** What a variable's name alone doesn't say. */
  const GIVEN: Json = {
    name: 'given',
    function_role_name: 'given',
    trip_alarm_name: 'given',
    parked_queue_url: 'https://sqs.eu-central-1.amazonaws.com/111111111111/parked',
    main_queue_url: 'https://sqs.eu-central-1.amazonaws.com/111111111111/main',
    send_to_queue_url: 'https://sqs.eu-central-1.amazonaws.com/111111111111/main',
    visibility_timeout: 180,
    bus_name: 'given',
    desk_table_name: 'given',
    keeper_role_name: 'given',
    worker_role_name: 'given',
    topic: 'given',
    path: 'given',
    event_pattern: '{"source":["given"]}',
    filter_policy: '{"kind":["given"]}',
    jwt_issuer: 'https://issuer.example.com',
    jwt_audience: ['given'],
    maximum_pollers: 2,
    kms_key_arn: 'arn:aws:kms:eu-central-1:111111111111:key/given',
    topic_arn: 'arn:aws:sns:eu-central-1:111111111111:given',
    sender_topic_arn: 'arn:aws:sns:eu-central-1:111111111111:given',
    sender_rule_arn: 'arn:aws:events:eu-central-1:111111111111:rule/given',
    stream_arn: 'arn:aws:kinesis:eu-central-1:111111111111:stream/given',
    cluster_arn: 'arn:aws:kafka:eu-central-1:111111111111:cluster/given/0a1b-1',
  };
  const arnOf = (name: string): string => {
    const [, what = '', kind = ''] = /^(.*)_(queue|function|alarm)_arn$/.exec(name) ?? [];
    const service = { queue: 'sqs', function: 'lambda', alarm: 'cloudwatch' }[kind];
    const type = kind === 'queue' ? '' : `${kind}:`;
    return `arn:aws:${service ?? 'lambda'}:eu-central-1:111111111111:${service ? type : 'function:'}${what || 'given'}`;
  };

  /** Every way to take the module's options. */
  const ways = (module: TerraformModule): readonly (readonly string[])[] =>
    Object.keys(optionsOf(module)).reduce<string[][]>(
      (found, option) => found.flatMap((way) => [way, [...way, option]]),
      [[]],
    );

  test.each(
    MODULES.flatMap((module) =>
      ways(module).map((way) => [module.name, way.join(' and ') || 'nothing else', module, way] as const),
    ),
  )('%s with %s', (name, _, module, way) => {
    const sample: Json = { ...NOTHING_SAID };
    for (const [variable, { type, default: byDefault, allowed }] of Object.entries(module.variables)) {
      const least = allowed && 'least' in allowed ? Math.max(allowed.least, 2) : 2;
      sample[variable] =
        (Array.isArray(byDefault) && byDefault.length === 0 ? undefined : byDefault) ??
        GIVEN[variable] ??
        byDefault ??
        (type === 'number' ? least : arnOf(variable));
      if (byDefault === null && !way.some((each) => optionsOf(module)[each]?.includes(`var.${variable} `)))
        sample[variable] = null;
      if (type === 'bool' && variable in optionsOf(module)) sample[variable] = way.includes(variable);
    }
    const literal: Values = {
      on: (option) => way.includes(option),
      kmsKeyArn: way.includes(KEY) ? (sample[KEY] as string) : undefined,
      text: (each) => sample[each] as string,
      number: (each) => sample[each] as number,
      list: (each) => sample[each] as string[],
      flag: (each) => sample[each] as boolean,
    };
    const stack = new TerraformStack(new App({ skipValidation: true }), module.name);
    setDefaults(stack, { runbooks: 'docs/runbooks' });
    module.build(stack, literal);
    const ignored = (made: unknown): unknown => {
      if (Array.isArray(made)) return made.map(ignored);
      if (!isObject(made)) return made;
      const kept = Object.entries(made).filter(([key]) => !IGNORED.has(key));
      return Object.fromEntries(kept.map(([key, each]) => [key, ignored(each)]));
    };
    const empty = (made: unknown) =>
      Object.fromEntries(
        Object.entries(made as Record<string, Json>).filter(([, named]) => Object.keys(named).length > 0),
      );
    const construct = JSON.parse(JSON.stringify((stack.toTerraform() as { resource: Json }).resource));
    expect(empty(ignored(withValues(of(name).configuration.resource, sample)))).toEqual(
      empty(ignored(withValues(construct, sample))),
    );
  });
});

test('the archive has every module at its root, and the same bytes whenever it is packed', () => {
  const directory = join(scratch, 'all');
  writeAll(MODULES, directory);
  const archive = archiveOf(directory);
  const files = Object.keys(unzipSync(archive));
  for (const name of NAMES) expect(files).toContain(`${name}/main.tf`);
  expect(files).toEqual(expect.arrayContaining(['README.md', 'UPGRADE.md', 'LICENSE', 'redrive/redrive.zip']));
  writeAll(MODULES, directory);
  expect(Buffer.from(archiveOf(directory)).equals(Buffer.from(archive))).toBe(true);
  expect(readFileSync(join(directory, 'README.md'), 'utf8')).toContain('(UPGRADE.md)');
});

/** Its variables.tf has these; source: its wrappers/main.tf, 2025. */
const SQS_VARIABLES =
  `content_based_deduplication create create_dlq create_dlq_queue_policy create_dlq_redrive_allow_policy
  create_queue_policy deduplication_scope delay_seconds dlq_content_based_deduplication dlq_deduplication_scope dlq_delay_seconds
  dlq_fifo_throughput_limit dlq_kms_data_key_reuse_period_seconds dlq_kms_master_key_id dlq_message_retention_seconds dlq_name
  dlq_queue_policy_statements dlq_receive_wait_time_seconds dlq_redrive_allow_policy dlq_sqs_managed_sse_enabled dlq_tags
  dlq_visibility_timeout_seconds fifo_queue fifo_throughput_limit kms_data_key_reuse_period_seconds kms_master_key_id
  max_message_size message_retention_seconds name override_dlq_queue_policy_documents override_queue_policy_documents
  queue_policy_statements receive_wait_time_seconds redrive_allow_policy redrive_policy region source_dlq_queue_policy_documents
  source_queue_policy_documents sqs_managed_sse_enabled tags use_name_prefix visibility_timeout_seconds`.split(/\s+/);

describe('docs/terraform-modules.md', () => {
  const page = readFileSync(join(root, 'docs', 'terraform-modules.md'), 'utf8');

  test('names every module', () => {
    for (const name of NAMES) expect(page).toContain(`\`${name}\``);
  });

  test('says of every variable of terraform-aws-sqs what there is of it here', () => {
    const [, section = ''] = page.split('## Beside terraform-aws-sqs');
    expect(SQS_VARIABLES.filter((each) => !section.includes(`\`${each}\``))).toEqual([]);
  });

  test('shows an example as it is written', () => {
    expect(page).toContain(of('protected-consumer').module.example);
  });
});

test.each(['tiered-queue', 'protected-consumer'])(
  'with strict_order %s parks nothing before the most receives of SQS, and is refused without fifo',
  (name) => {
    const main = of(name).read('main.tf');
    const [, queue = ''] = /resource "aws_sqs_queue" "queue_main" \{\n([\s\S]*?)\n\}/.exec(main) ?? [];
    expect(queue).toMatch(
      /maxReceiveCount\s+= var\.fifo \? \(?var\.strict_order \? 1000 : var\.max_receive_count\)? : var\.max_receive_count/,
    );
    expect(queue).toMatch(
      /message_retention_seconds\s+= var\.fifo \? \(?var\.strict_order \? 1209599 : var\.message_retention\)? : var\.message_retention/,
    );
    expect(queue).toMatch(/condition\s+= var\.fifo \|\| !var\.strict_order/);
  },
);
