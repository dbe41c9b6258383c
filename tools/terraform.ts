import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Names of the program, as cdktf looks for it. */
const BINARY = process.env.TERRAFORM_BINARY_NAME ?? 'terraform';
/** Folders of providers that lie on this machine: Terraform's own, and one that is named. */
const MIRRORS = [process.env.SPILLWAY_TERRAFORM_PROVIDERS, join(homedir(), '.terraform.d', 'plugins')];
const PROVIDER = 'registry.terraform.io/hashicorp/aws';

interface AtHand {
  readonly mirror: string;
  /** Version of the provider that lies there. */
  readonly version: string;
}

/** Terraform with a provider that lies on this machine, or why not, in a sentence. */
export function terraformAtHand(): AtHand | { readonly missing: string } {
  const found = spawnSync(BINARY, ['version', '-json'], { encoding: 'utf8' });
  if (found.status !== 0) return { missing: `${BINARY} is not on the path` };
  const mirror = MIRRORS.find((folder) => folder && existsSync(join(folder, PROVIDER)));
  if (!mirror)
    return { missing: 'no AWS provider on this machine; SPILLWAY_TERRAFORM_PROVIDERS names a filesystem mirror' };
  const [version = ''] = readdirSync(join(mirror, PROVIDER)).sort((one, other) =>
    other.localeCompare(one, 'en', { numeric: true }),
  );
  return { mirror, version };
}

/**
 * What a provider older than the pinned one refuses, though AWS takes it: the newest runtime (6.19) and messages over 256 KiB (6.8). Put back for it alone, so
 * that everything else is judged.
 */
const older = (text: string) =>
  text
    .replaceAll('nodejs24.x', 'nodejs22.x')
    .replace(/("max_message_size": )(\d+)/g, (_, key, size) => key + Math.min(262_144, Number(size)));

/** A folder of Terraform's, with the provider that is at hand. */
export class Folder {
  readonly path: string;
  private readonly configuration: string;

  /** @param endpoint where an emulator listens instead of at the port that the stacks name */
  constructor(source: string, { mirror, version }: AtHand, endpoint?: string) {
    this.path = mkdtempSync(join(tmpdir(), 'terraform-'));
    cpSync(source, this.path, { recursive: true });
    this.configuration = configure(this.path, mirror);
    const file = join(this.path, 'cdk.tf.json');
    const definition = JSON.parse(readFileSync(file, 'utf8'));
    const pinned = definition.terraform.required_providers.aws.version as string;
    definition.terraform.required_providers.aws.version = version;
    const written = JSON.stringify(definition, null, 2);
    const text = endpoint ? written.replaceAll('http://127.0.0.1:4566', endpoint) : written;
    writeFileSync(file, Number(version.split('.')[0]) < Number(pinned.split('.')[0]) ? older(text) : text);
  }

  run(...parameters: string[]): Promise<Ran> {
    return call(this.path, this.configuration, parameters);
  }
}

interface Ran {
  readonly status: number | null;
  readonly said: string;
}

/** Without blocking this process, which may serve what is deployed, and whose connections end meanwhile. */
async function call(cwd: string, configuration: string, parameters: readonly string[]): Promise<Ran> {
  const child = spawn(BINARY, [...parameters, ...(parameters[0] === 'fmt' ? [] : ['-no-color'])], {
    cwd,
    timeout: 400_000,
    env: { ...process.env, TF_CLI_CONFIG_FILE: configuration, TF_IN_AUTOMATION: '1', CHECKPOINT_DISABLE: '1' },
  });
  const said: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  for (const stream of ['stdout', 'stderr'] as const) child[stream].on('data', (chunk) => said[stream].push(chunk));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { status, said: Buffer.concat([...said.stdout, ...said.stderr]).toString() };
}

/** Where Terraform looks for the provider that lies on this machine, and nowhere else. */
function configure(directory: string, mirror: string): string {
  const file = join(directory, 'terraform.rc');
  writeFileSync(
    file,
    `provider_installation {\n  filesystem_mirror {\n    path    = ${JSON.stringify(mirror)}\n    include = ["${PROVIDER}"]\n  }\n}\n`,
  );
  return file;
}

/** Runs Terraform in a folder as it is. */
export function run(directory: string, { mirror }: AtHand, ...parameters: string[]): Promise<Ran> {
  return call(directory, configure(directory, mirror), parameters);
}

if (require.main === module) {
  const atHand = terraformAtHand();
  if ('missing' in atHand) {
    console.log(atHand.missing);
    process.exitCode = 1;
  }
}
