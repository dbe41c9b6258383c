// `npm test`: everything that can be proved on this machine, one kind after the other, so that each has the cores to itself.
// `npm test -- unit emulator` runs some kinds: check, unit, emulator, scenarios, browser, brokers, terraform (where Terraform and an AWS provider are at hand).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './build.mjs';

/**
 * Kind → how many test files run at once. Unit tests share the cores; the others start servers of their own. What plays outages and failovers waits far more than it works; a browser wants the
 * machine for itself.
 */
const KINDS = { unit: '100%', emulator: 2, scenarios: 4, browser: 1, brokers: 2, terraform: 1 };
const wanted = process.argv.slice(2);
const unknown = wanted.filter((kind) => kind !== 'check' && !(kind in KINDS));
if (unknown.length > 0) {
  console.error(
    `npm test: "${unknown.join('", "')}" is no kind of test; there are check, ${Object.keys(KINDS).join(', ')}`,
  );
  process.exit(2);
}
const runs = (kind) => wanted.length === 0 || wanted.includes(kind);
const total = { passed: 0, failed: 0, skipped: 0 };

/** Minutes after which a kind is ended and counts as failed: what hangs must say so, and never hold up a machine. */
const PATIENCE = 20;

function run(name, command, parameters) {
  const started = Date.now();
  console.log(`\n── ${name}`);
  const { status, error } = spawnSync(command, parameters, { cwd: root, stdio: 'inherit', timeout: PATIENCE * 60_000 });
  const verdict =
    status === 0 ? 'passed' : error?.code === 'ETIMEDOUT' ? `FAILED: ended after ${PATIENCE} minutes,` : 'FAILED';
  console.log(`── ${name}: ${verdict} in ${Math.round((Date.now() - started) / 1000)} s`);
  return status === 0;
}

function jest(kind) {
  const directory = mkdtempSync(join(tmpdir(), 'spillway-test-'));
  const outputFile = join(directory, 'results.json');
  const parameters = [
    'node_modules/jest/bin/jest.js',
    '--selectProjects',
    kind,
    `--maxWorkers=${KINDS[kind]}`,
    // What jest keeps of file after file makes the last ones of a process ten times slower than the first; a fresh process costs a second.
    ...(KINDS[kind] === '100%' ? ['--workerIdleMemoryLimit=300MB'] : []),
    // A test that failed may have left a connection open, which would keep jest from ending.
    '--forceExit',
    '--json',
    `--outputFile=${outputFile}`,
  ];
  const passed = run(kind, process.execPath, process.env.CI ? [...parameters, '--ci'] : parameters);
  try {
    const results = JSON.parse(readFileSync(outputFile, 'utf8'));
    total.passed += results.numPassedTests;
    total.failed += results.numFailedTests + results.numRuntimeErrorTestSuites;
    total.skipped += results.numPendingTests;
    if (!passed && results.numFailedTests + results.numRuntimeErrorTestSuites === 0) total.failed += 1;
  } catch {
    total.failed += 1; // jest itself died
  }
  rmSync(directory, { recursive: true });
}

if (runs('check')) total[run('check', 'npm', ['run', '--silent', 'check']) ? 'passed' : 'failed'] += 1;
/** Terraform with an AWS provider isn't what this installs: where they aren't at hand, that kind of test is off and says so. */
function terraformIsMissing() {
  const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', join('tools', 'terraform.ts')], {
    cwd: root,
    encoding: 'utf8',
  });
  return status === 0 ? undefined : stdout.trim();
}

const kinds = Object.keys(KINDS).filter(runs);
if (kinds.length > 0) {
  // Once for all kinds, instead of once for each: test/global-setup.js.
  if (run('build', process.execPath, [join('tools', 'build.mjs')])) process.env.SPILLWAY_TESTS_BUILT = 'yes';
  else {
    total.failed += 1;
    kinds.length = 0;
  }
}
for (const kind of kinds) {
  const missing = kind === 'terraform' ? terraformIsMissing() : undefined;
  if (missing) console.log(`\n── terraform: off, ${missing}`);
  else jest(kind);
}

console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;
