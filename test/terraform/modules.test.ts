import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, terraformAtHand } from '../../tools/terraform';
import { MODULES } from '../../tools/terraform-modules';
import { writeModule } from '../../tools/terraform-modules/write';

const atHand = terraformAtHand();
const scratch = mkdtempSync(join(tmpdir(), 'terraform-modules-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** For a provider older than the modules ask for: without what it doesn't know yet, so that everything else is judged. */
function forProvider(directory: string, version: string): void {
  for (const file of readdirSync(directory).filter((name) => name.endsWith('.tf'))) {
    const path = join(directory, file);
    const text = readFileSync(path, 'utf8').replace(/version = "~> [\d.]+"/, `version = "${version}"`);
    const older = text
      .replace(/^ +region += var\.region\n/gm, '')
      .replace(/("aws_cloudwatch_event_archive" "\w+" \{\n(?: .*\n)*?) +kms_key_identifier .*\n/, '$1')
      .replaceAll('nodejs24.x', 'nodejs22.x')
      .replace(/(max_message_size +=) 1048576/g, '$1 262144');
    writeFileSync(path, version.startsWith('5.') ? older : text);
  }
}

test.each(MODULES.map((module) => [module.name, module] as const))(
  'the complete example of %s is valid, and its files are formatted as Terraform has them',
  async (name, module) => {
    if ('missing' in atHand) throw new Error(atHand.missing);
    const directory = join(scratch, name);
    writeModule(module, directory);
    expect(await run(directory, atHand, 'fmt', '-check', '-diff', '-recursive')).toEqual({ status: 0, said: '' });
    forProvider(directory, atHand.version);
    const example = join(directory, 'examples', 'complete');
    forProvider(example, atHand.version);
    expect(await run(example, atHand, 'init', '-backend=false', '-input=false')).toMatchObject({ status: 0 });
    const { said } = await run(example, atHand, 'validate', '-json');
    const { diagnostics } = JSON.parse(said) as { diagnostics: { severity: string }[] };
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  },
  120_000,
);

/** Values that each module of those that have the variable refuses. */
const REFUSED: readonly (readonly [variable: string, value: string])[] = [
  ['kms_key_arn', '""'],
  ['kms_key_arn', '"alias/mine"'],
  ['alarm_actions', '["on-call@example.com"]'],
  ['function_role_name', '"arn:aws:iam::111111111111:role/orders"'],
  ['permissions_boundary', '"boundary"'],
  ['region', '"Frankfurt"'],
];

test('a plan refuses what the constructs refuse, by the name of the variable', async () => {
  if ('missing' in atHand) throw new Error(atHand.missing);
  const directory = join(scratch, 'refusals');
  const module = MODULES.find(({ name }) => name === 'protected-consumer');
  if (!module) throw new Error('no protected-consumer');
  writeModule(module, directory);
  forProvider(directory, atHand.version);
  // The region is passed on to the resources by a provider that knows the attribute.
  writeFileSync(
    join(directory, 'refusals.tftest.hcl'),
    `mock_provider "aws" {}

variables {
  name                = "receipts"
  function_arn        = "arn:aws:lambda:eu-central-1:111111111111:function:receipts"
  function_role_name  = "receipts"
  function_timeout    = 30
  maximum_concurrency = 5
  canary_function_arn = "arn:aws:lambda:eu-central-1:111111111111:function:mail-canary"
}
${REFUSED.map(
  ([variable, value], index) => `
run "refused_${index}" {
  command = plan
  variables {
    ${variable} = ${value}
  }
  expect_failures = [var.${variable}]
}
`,
).join('')}
run "too_short_a_visibility" {
  command = plan
  variables {
    visibility_timeout = 60
  }
  expect_failures = [aws_lambda_event_source_mapping.consumer_mapping]
}

run "with_a_key" {
  command = plan
  variables {
    kms_key_arn = "arn:aws:kms:eu-central-1:111111111111:key/0a1b"
  }
  assert {
    condition     = aws_sqs_queue.queue_main.kms_master_key_id == var.kms_key_arn
    error_message = "main is not encrypted with the key"
  }
}
`,
  );
  expect(await run(directory, atHand, 'init', '-backend=false', '-input=false')).toMatchObject({ status: 0 });
  const { status, said } = await run(directory, atHand, 'test');
  expect([status, said]).toEqual([0, expect.stringContaining(`${REFUSED.length + 2} passed, 0 failed`)]);
}, 120_000);

test.each(['short', 'python-consumer'])(
  'examples/%s is valid and formatted',
  async (name) => {
    if ('missing' in atHand) throw new Error(atHand.missing);
    const directory = join(scratch, `example-${name}`);
    cpSync(join(__dirname, '..', '..', 'examples', name), directory, { recursive: true });
    const used = readFileSync(join(directory, 'main.tf'), 'utf8').matchAll(/source = "\.\/([\w-]+)"/g);
    for (const [, module] of used) {
      const found = MODULES.find((each) => each.name === module);
      if (!found) throw new Error(`no module ${module}`);
      writeModule(found, join(directory, found.name));
      forProvider(join(directory, found.name), atHand.version);
    }
    expect(await run(directory, atHand, 'fmt', '-check', '-diff')).toEqual({ status: 0, said: '' });
    expect(await run(directory, atHand, 'init', '-backend=false', '-input=false')).toMatchObject({ status: 0 });
    const { said } = await run(directory, atHand, 'validate', '-json');
    const { diagnostics } = JSON.parse(said) as { diagnostics: { severity: string }[] };
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  },
  120_000,
);
