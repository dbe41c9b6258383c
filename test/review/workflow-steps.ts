import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const workflow = (name: string): string =>
  readFileSync(join(__dirname, `../../.github/workflows/${name}.yml`), 'utf8');

/** The text of a step, as it stands in the workflow. */
export function step(text: string, id: string): string {
  const [, found] = new RegExp(`\\n {6}- (id: ${id}\\n(?: {8}.*\\n)+)`).exec(text) ?? [];
  if (found === undefined) throw new Error(`there is no step with the id ${id}`);
  return found;
}

/** The shell script of a step. */
export const shell = (text: string, id: string): string => block(step(text, id), 'run', 10);

/** The script of a step that github-script runs. */
export const script = (text: string, id: string): string => block(step(text, id), 'script', 12);

function block(text: string, key: string, indentation: number): string {
  const [, indented = ''] = new RegExp(` ${key}: \\|\\n((?: {${indentation}}.*\\n)+)`).exec(text) ?? [];
  return indented.replace(new RegExp(`^ {${indentation}}`, 'gm'), '');
}

/** A machine that runs jobs: a checkout, a temporary folder, and commands that stand for those of the real one. */
export class Runner {
  readonly checkout: string;
  readonly temporary: string;
  private readonly commands: string;

  constructor(readonly folder: string) {
    this.checkout = join(folder, 'checkout');
    this.temporary = join(folder, 'temporary');
    this.commands = join(folder, 'commands');
    for (const each of [this.checkout, this.temporary, this.commands]) mkdirSync(each, { recursive: true });
  }

  command(name: string, text: string): void {
    writeFileSync(join(this.commands, name), `#!/bin/bash\n${text}\n`);
    chmodSync(join(this.commands, name), 0o755);
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.checkout, path)), { recursive: true });
    writeFileSync(join(this.checkout, path), text);
  }

  git(...parameters: string[]): string {
    const identity = ['-c', 'user.name=x', '-c', 'user.email=x@example.org', '-c', 'init.defaultBranch=main'];
    const { status, stdout, stderr } = spawnSync('git', [...identity, ...parameters], {
      cwd: this.checkout,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`git ${parameters.join(' ')}: ${stderr}`);
    return stdout.trim();
  }

  run(text: string, environment: Record<string, string> = {}): { status: number | null; output: string } {
    const { status, stdout, stderr } = spawnSync('bash', ['-eo', 'pipefail', '-c', text], {
      cwd: this.checkout,
      encoding: 'utf8',
      env: {
        PATH: `${this.commands}:${process.env.PATH}`,
        HOME: this.folder,
        RUNNER_TEMP: this.temporary,
        GITHUB_OUTPUT: join(this.folder, 'output'),
        GITHUB_REPOSITORY: 'shop/orders',
        ...environment,
      },
    });
    return { status, output: `${stdout}${stderr}` };
  }
}
