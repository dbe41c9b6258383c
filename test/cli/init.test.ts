import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { completed } from '../../cli/init';

const ROOT = join(__dirname, '..', '..');
/** An empty folder in which the packed package was installed, with what it asks for. */
let project: string;

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'spillway-init-'));
  execFileSync(process.execPath, [join(ROOT, 'tools/pack.mjs'), '--built', project]);
  const archive = readdirSync(project).find((file) => file.endsWith('.tgz')) ?? '';
  const packages = join(project, 'node_modules');
  mkdirSync(join(packages, 'spillway'), { recursive: true });
  for (const name of readdirSync(join(ROOT, 'node_modules')).filter((each) => each !== 'spillway'))
    symlinkSync(join(ROOT, 'node_modules', name), join(packages, name));
  execFileSync('tar', ['-xzf', join(project, archive), '--strip-components=1', '-C', join(packages, 'spillway')]);
  rmSync(join(project, archive));
  writeFileSync(join(project, 'package.json'), '{"devDependencies":{"spillway":"file:spillway-0.1.0.tgz"}}');
}, 120_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

const spillway = (...args: string[]) =>
  spawnSync(process.execPath, ['node_modules/spillway/bin/spillway.js', ...args], { cwd: project, encoding: 'utf8' });
const npm = (script: string) => spawnSync('npm', ['run', '--silent', script], { cwd: project, encoding: 'utf8' });

test('from an empty folder it compiles, its test passes and it synthesizes at once', () => {
  const { status, stdout, stderr } = spillway('init');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('npm run synth');
  expect(npm('check')).toMatchObject({ status: 0, stdout: '' });
  expect(npm('test')).toMatchObject({ status: 0, stdout: expect.stringMatching(/pass 1/) });
  expect(npm('synth')).toMatchObject({ status: 0 });
  const { resource } = JSON.parse(readFileSync(join(project, 'cdktf.out/stacks/invoices/cdk.tf.json'), 'utf8'));
  expect(Object.keys(resource)).toEqual(
    expect.arrayContaining(['aws_sqs_queue', 'aws_lambda_event_source_mapping', 'aws_sfn_state_machine']),
  );
}, 120_000);

test('what is there is never written over', () => {
  const before = mkdtempSync(join(tmpdir(), 'spillway-before-'));
  try {
    cpSync(join(project, 'invoices'), join(before, 'invoices'), { recursive: true });
    const { status, stderr } = spillway('init', before);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^nothing was made: invoices\/contract.ts, .* are there already/);
    expect(readdirSync(before)).toEqual(['invoices']);
  } finally {
    rmSync(before, { recursive: true });
  }
});

test('a package.json keeps what it has', () => {
  const before = { scripts: { test: 'vitest', build: 'make' }, dependencies: { valibot: '1.0.0' }, name: 'mine' };
  const after = completed(before);
  expect(after).toMatchObject({ ...before, scripts: { test: 'vitest', build: 'make', check: 'tsc --noEmit -p .' } });
  expect(after.devDependencies).not.toHaveProperty('valibot');
  expect(completed({ scripts: { test: 'echo "Error: no test specified" && exit 1' } }).scripts?.test).toMatch(/^tsx/);
});
