import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './emulator/on-emulator';
import { copyProject, type ProjectCopy } from './project-copy';

const PATIENCE_MS = 90_000;

/** A run of `npm start`, and what it says. */
class Run {
  output = '';
  private readonly ended: Promise<unknown[]>;

  constructor(readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        this.output += chunk;
      });
    }
    this.ended = once(child, 'close');
  }

  async says(words: string | RegExp): Promise<RegExpExecArray> {
    const pattern = typeof words === 'string' ? new RegExp(words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : words;
    const seen = async () => pattern.exec(this.output) ?? this.output;
    const found = await until(`says ${words}`, seen, (one) => typeof one !== 'string', PATIENCE_MS);
    return found as RegExpExecArray;
  }

  async url(what: 'operations' | 'emulator' | 'payment' | 'brokers'): Promise<string> {
    const [, url = ''] = await this.says(new RegExp(`${what} +(http://[\\d.:]+)`));
    return url;
  }

  async exitCode(): Promise<unknown> {
    const [code] = await this.ended;
    return code;
  }
}

/** `npm start` in a copy of the project, as a person has it; whatever a test leaves running is ended after it. */
export class NpmStart {
  private copy: ProjectCopy | undefined;
  private temporary = '';

  constructor() {
    beforeAll(() => {
      this.copy = copyProject({ emulator: true });
    });
    afterAll(() => this.project.remove());
    beforeEach(() => {
      this.temporary = mkdtempSync(join(tmpdir(), 'spillway-start-'));
    });
    afterEach(() => {
      for (const pid of this.processes()) process.kill(pid, 'SIGKILL');
      rmSync(this.temporary, { recursive: true, force: true });
    });
  }

  get project(): ProjectCopy {
    if (!this.copy) throw new Error('no test runs');
    return this.copy;
  }

  with(...options: string[]): Run {
    return this.by('npm', 'start', '--', ...options);
  }

  by(command: string, ...parameters: string[]): Run {
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: this.temporary };
    return new Run(spawn(command, parameters, { cwd: this.project.folder, env, detached: true }));
  }

  /** Whatever was started for this test, at whatever depth: its temporary folder is in the environment of each. */
  processes(): number[] {
    return readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry))
      .filter((pid) => {
        try {
          return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(this.temporary);
        } catch {
          return false;
        }
      })
      .map(Number);
  }

  async nothingIsLeft(): Promise<void> {
    await until(
      'no process is left',
      async () => this.processes(),
      (left) => left.length === 0,
    );
    expect(readdirSync(this.temporary).filter((name) => name.startsWith('spillway-'))).toEqual([]);
  }
}
