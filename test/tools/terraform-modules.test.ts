import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, TerraformStack } from 'cdktf';
import fc from 'fast-check';
import { MODULES } from '../../tools/terraform-modules';
import { choose } from '../../tools/terraform-modules/choose';
import { everyVariable, type Values, type Variable, valuesIn } from '../../tools/terraform-modules/definition';
import { partsOf } from '../../tools/terraform-modules/hcl';
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
      expect(queue.kms_master_key_id).toBe('${var.kms_key_arn != null ? var.kms_key_arn : null}');
      expect(queue.sqs_managed_sse_enabled).toBe('${var.kms_key_arn != null ? null : true}');
    }
  });
});

/** What Terraform makes of a text that `choose` wrote: the half that the condition picks, unquoted. */
function picked(text: unknown, condition: boolean): unknown {
  const match = /^\$\{it \? ("(?:[^"\\]|\\.)*"|[^":]+) : ("(?:[^"\\]|\\.)*"|[^":]+)\}$/s.exec(String(text));
  return match ? JSON.parse(match[condition ? 1 : 2] as string) : text;
}

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

test('a choice gives back what it was made of, on either side', () => {
  const plain = fc.oneof(
    fc.string().filter((each) => !each.includes('${')),
    fc.integer(),
    fc.boolean(),
  );
  fc.assert(
    fc.property(plain, plain, (then, otherwise) => {
      const chosen = choose('it', then, otherwise);
      expect([picked(chosen, true), picked(chosen, false)]).toEqual([then, otherwise]);
    }),
  );
});

test('what refers to something goes on referring to it', () => {
  expect(choose('it', 'on ${a.b.arn}: "yes"', undefined)).toBe('${it ? "on ${a.b.arn}: \\"yes\\"" : null}');
  expect(choose('it', '${a.b.arn}', '${a.c.arn}')).toBe('${it ? a.b.arn : a.c.arn}');
});

test('a resource or a block that only one side has can’t be chosen, and is refused by its path', () => {
  expect(() => choose('it', { a: { b: {} } }, { a: {} }, 'resource')).toThrow("resource/a/b can't depend on it");
  expect(() => choose('it', { list: [1] }, { list: [2] })).toThrow("/list can't depend on it");
});

describe('a Terraform module makes what its construct makes', () => {
  /** What the functions that are used of Terraform's come to. */
  const FUNCTIONS = {
    floor: Math.floor,
    max: Math.max,
    split: (by: string, text: string) => text.split(by),
    element: (list: readonly string[], index: number) => list[index],
  };

  /** An expression that refers to no resource, with the variables' values. */
  function evaluated(text: string, given: Json): unknown {
    const known = Object.entries(FUNCTIONS);
    return new Function('var_', ...known.map(([name]) => name), `return ${text.replace(/\bvar\./g, 'var_.')}`)(
      given,
      ...known.map(([, each]) => each),
    );
  }

  /** The configuration, as it is with these values. */
  function withValues(of: unknown, given: Json): unknown {
    if (Array.isArray(of)) return of.map((each) => withValues(each, given));
    if (typeof of === 'object' && of !== null)
      return Object.fromEntries(Object.entries(of).map(([key, each]) => [key, withValues(each, given)]));
    // Terraform makes a text of a number where one is asked for.
    if (typeof of === 'number') return String(of);
    if (typeof of !== 'string') return of;
    const parts = partsOf(of).map(({ expression, text }) => {
      if (!expression) return text;
      return /\b(?:aws_|path\.)/.test(text) ? `\${${text}}` : evaluated(text, given);
    });
    const [only] = parts;
    return parts.length === 1 && typeof only !== 'number' ? only : parts.join('');
  }

  /** What a variable's name alone doesn't say. */
  const GIVEN: Json = {
    name: 'given',
    function_role_name: 'given',
    trip_alarm_name: 'given',
    parked_queue_url: 'https://sqs.eu-central-1.amazonaws.com/111111111111/parked',
    visibility_timeout: 180,
  };
  const arnOf = (name: string): string => {
    const [, what = '', kind = ''] = /^(.*)_(queue|function|alarm)_arn$/.exec(name) ?? [];
    const service = { queue: 'sqs', function: 'lambda', alarm: 'cloudwatch' }[kind];
    const type = kind === 'queue' ? '' : `${kind}:`;
    return `arn:aws:${service ?? 'lambda'}:eu-central-1:111111111111:${service ? type : 'function:'}${what || 'given'}`;
  };

  test.each(MODULES.map((module) => [module.name, module] as const))('%s', (_, module) => {
    const sample: Json = {};
    for (const [name, { type, default: byDefault, allowed }] of Object.entries(module.variables)) {
      const least = allowed && 'least' in allowed ? Math.max(allowed.least, 2) : 2;
      sample[name] = byDefault ?? GIVEN[name] ?? (type === 'number' ? least : arnOf(name));
    }
    const literal: Values = {
      text: (name) => sample[name] as string,
      number: (name) => sample[name] as number,
      list: (name) => sample[name] as string[],
      flag: (name) => sample[name] as boolean,
    };
    const made = (values: (stack: TerraformStack) => Values): unknown => {
      const stack = new TerraformStack(new App({ skipValidation: true }), 'module');
      const given = values(stack);
      module.build(stack, given, undefined, false);
      return JSON.parse(
        JSON.stringify((stack.toTerraform() as { resource: Json }).resource, (key, value) =>
          ['//', 'filename', 'lifecycle'].includes(key) ? undefined : value,
        ),
      );
    };
    const typical = withValues(
      made((stack) => valuesIn(stack, module.variables)),
      sample,
    );
    expect(typical).toEqual(
      withValues(
        made(() => literal),
        sample,
      ),
    );
  });
});
