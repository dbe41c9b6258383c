/**
 * `tsx tools/plan-stacks.ts STACKS PLANS`: Terraform's plan of each synthesized stack as JSON, as if nothing were there yet. No account is asked and no state read: what another stack would say is
 * made up, and the provider is told not to look. Exit code 3 with a sentence where Terraform or a provider is not at hand.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Folder, terraformAtHand } from './terraform';

const ARN = 'arn:aws:sns:us-east-1:123456789012:made-up';

/** A value for another stack's output, of the kind that its name ends in. */
function madeUp(output: string): string | number {
  if (output.endsWith('arn')) return ARN;
  if (/url$|endpoints\d$/.test(output)) return 'https://made-up.example.com';
  return output.endsWith('revision') ? 1 : 'made-up';
}

interface Definition {
  provider: { aws: Record<string, unknown>[] };
  data?: { aws_ssm_parameter?: unknown; terraform_remote_state?: Record<string, unknown> };
  terraform: { backend: object };
  resource?: Record<string, Record<string, Record<string, unknown>>>;
  import?: unknown;
  variable?: Record<string, { default?: unknown }>;
}

/** Lets a stack be planned without an account: its file is changed. */
function withoutAccount(folder: string): void {
  const file = join(folder, 'cdk.tf.json');
  // What a link has left in the account.
  const parameter = /\$\{data\.aws_ssm_parameter\.[\w-]+\.insecure_value\}/g;
  const text = readFileSync(file, 'utf8').replace(parameter, 'https://made-up.example.com');
  const definition = JSON.parse(text) as Definition;
  for (const provider of definition.provider.aws) {
    delete provider.allowed_account_ids;
    Object.assign(provider, { access_key: 'none', secret_key: 'none' });
    for (const look of ['credentials_validation', 'metadata_api_check', 'requesting_account_id', 'region_validation']) {
      provider[`skip_${look}`] = true;
    }
  }
  definition.terraform.backend = { local: {} };
  for (const variable of Object.values(definition.variable ?? {})) variable.default ??= 'made-up-value-000';
  delete definition.import;
  delete definition.data?.aws_ssm_parameter;
  const others = definition.data?.terraform_remote_state ?? {};
  for (const name of Object.keys(others)) {
    const uses = text.matchAll(new RegExp(`terraform_remote_state\\.${name}\\.outputs\\.([\\w-]+)`, 'g'));
    const outputs = Object.fromEntries(
      [...uses].map(([, output = '']) => {
        const value = madeUp(output);
        return [output, { value, type: typeof value }];
      }),
    );
    const path = join(folder, `${name}.tfstate`);
    writeFileSync(path, JSON.stringify({ version: 4, serial: 1, lineage: name, outputs, resources: [] }));
    others[name] = { backend: 'local', config: { path } };
  }
  for (const resource of Object.values(definition.resource ?? {}).flatMap((byId) => Object.values(byId))) {
    for (const [name, value] of Object.entries(resource)) {
      // A policy that names what isn't there yet would be unknown to the plan, and pass every check.
      if (typeof value === 'string' && value.startsWith('{"Version"'))
        resource[name] = value.replace(/\$\{[^}]+\}/g, ARN);
    }
  }
  writeFileSync(file, JSON.stringify(definition, null, 2));
}

async function plan(stack: string): Promise<void> {
  const folder = new Folder(join(stacks, stack), atHand);
  try {
    withoutAccount(folder.path);
    for (const parameters of [
      ['init', '-input=false'],
      ['plan', '-input=false', '-lock=false', '-out=plan'],
    ]) {
      const { status, said } = await folder.run(...parameters);
      if (status !== 0) throw new Error(`${stack}: terraform ${parameters[0]} ended with ${status}:\n${said}`);
    }
    writeFileSync(join(plans, `${stack}.json`), (await folder.run('show', '-json', 'plan')).said);
  } finally {
    rmSync(folder.path, { recursive: true, force: true });
  }
}

const [stacks = '', plans = ''] = process.argv.slice(2);
const found = terraformAtHand();
if ('missing' in found) {
  console.log(found.missing);
  process.exit(3);
}
const atHand = found;
mkdirSync(plans, { recursive: true });
const waiting = readdirSync(stacks);
const worker = async () => {
  for (let stack = waiting.pop(); stack !== undefined; stack = waiting.pop()) await plan(stack);
};
void Promise.all([worker(), worker()]);
