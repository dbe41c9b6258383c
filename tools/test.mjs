// `npm test`: everything that can be proved on this machine. What plays outages waits more than it works, so `check` and `unit` run beside it on what it leaves of the cores.
// `npm test -- unit emulator` runs some kinds: check, unit, emulator, scenarios, browser, brokers, terraform (where Terraform and an AWS provider are at hand).
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './build.mjs';

/** Kind → how many test files run at once, in the order in which kinds run. A browser wants the machine for itself. */
const KINDS = { scenarios: 4, browser: 1, brokers: 3, emulator: 2, terraform: 1 };
/** Kinds that need nothing but the cores: they run beside the others, and give way to them. */
const BESIDE = { check: undefined, unit: '100%' };
const wanted = process.argv.slice(2);
const unknown = wanted.filter((kind) => !(kind in KINDS || kind in BESIDE));
if (unknown.length > 0) {
  console.error(
    `npm test: "${unknown.join('", "')}" is no kind of test; there are ${Object.keys({ ...BESIDE, ...KINDS }).join(', ')}`,
  );
  process.exit(2);
}
const runs = (kind) => wanted.length === 0 || wanted.includes(kind);
const total = { passed: 0, failed: 0, skipped: 0 };

/** Minutes after which a kind is ended and counts as failed: what hangs must say so, and never hold up a machine. */
const PATIENCE = 20;

/** Of the lowest priority are the process and what it starts. Linux may weigh sessions against each other before processes: `man 7 sched`, autogroup. */
function giveWay(pid) {
  try {
    setPriority(pid, 19);
    writeFileSync(`/proc/${pid}/autogroup`, '19');
  } catch {
    // Another system, or a kernel without it: what runs beside then has an equal share.
  }
}

const running = new Set();
const end = (pid) => {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
};
for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
  process.once(signal, () => {
    for (const pid of running) end(pid);
    process.exit(code);
  });
}

/** What a command says goes to the terminal, or is told when there is nobody else who speaks. */
async function run(name, command, parameters, beside = false) {
  const started = Date.now();
  console.log(`\n── ${name}${beside ? ', beside the rest' : ''}`);
  // A process group of its own, so that all of it can be ended.
  const child = spawn(command, parameters, {
    cwd: root,
    stdio: beside ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
  running.add(child.pid);
  if (beside) giveWay(child.pid);
  let said = '';
  for (const stream of beside ? [child.stdout, child.stderr] : []) stream.on('data', (chunk) => (said += chunk));
  let late = false;
  const patience = setTimeout(() => {
    late = true;
    end(child.pid);
  }, PATIENCE * 60_000);
  const passed = await new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('close', (code) => resolve(code === 0));
  });
  clearTimeout(patience);
  running.delete(child.pid);
  const verdict = passed ? 'passed' : late ? `FAILED: ended after ${PATIENCE} minutes,` : 'FAILED';
  const summary = `── ${name}: ${verdict} in ${Math.round((Date.now() - started) / 1000)} s`;
  return { passed, tell: () => console.log(`${said && `\n── ${name}\n${said}`}${summary}`) };
}

async function jest(kind, beside) {
  const directory = mkdtempSync(join(tmpdir(), 'spillway-test-'));
  const outputFile = join(directory, 'results.json');
  const parameters = [
    'node_modules/jest/bin/jest.js',
    '--selectProjects',
    kind,
    `--maxWorkers=${{ ...KINDS, ...BESIDE }[kind]}`,
    // What jest keeps of file after file makes the last ones of a process ten times slower than the first; a fresh process costs a second.
    ...(kind === 'unit' ? ['--workerIdleMemoryLimit=300MB'] : []),
    // A test that failed may have left a connection open, which would keep jest from ending.
    '--forceExit',
    '--json',
    `--outputFile=${outputFile}`,
  ];
  const done = await run(kind, process.execPath, process.env.CI ? [...parameters, '--ci'] : parameters, beside);
  try {
    const results = JSON.parse(readFileSync(outputFile, 'utf8'));
    total.passed += results.numPassedTests;
    total.failed += results.numFailedTests + results.numRuntimeErrorTestSuites;
    total.skipped += results.numPendingTests;
    if (!done.passed && results.numFailedTests + results.numRuntimeErrorTestSuites === 0) total.failed += 1;
  } catch {
    total.failed += 1; // jest itself died
  }
  rmSync(directory, { recursive: true });
  return done;
}

/** Terraform with an AWS provider isn't what this installs: where they aren't at hand, that kind of test is off and says so. */
function terraformIsMissing() {
  const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', join('tools', 'terraform.ts')], {
    cwd: root,
    encoding: 'utf8',
  });
  return status === 0 ? undefined : stdout.trim();
}

async function check(beside) {
  const done = await run('check', 'npm', ['run', '--silent', 'check'], beside);
  total[done.passed ? 'passed' : 'failed'] += 1;
  return done;
}

/** Once for all kinds, instead of once for each: test/global-setup.js. */
async function built() {
  const { passed, tell } = await run('build', process.execPath, [join('tools', 'build.mjs')]);
  tell();
  if (passed) process.env.SPILLWAY_TESTS_BUILT = 'yes';
  else total.failed += 1;
  return passed;
}

const kinds = Object.keys(KINDS).filter(runs);
const isBeside = kinds.length > 0;
/** Of what runs beside: done, and not yet told. */
const done = [];
async function besides() {
  if (runs('check')) done.push(await check(isBeside));
  if (runs('unit')) done.push(await jest('unit', isBeside));
}
const tellOfThem = () => {
  for (const { tell } of done.splice(0)) tell();
};
if ((!isBeside && !runs('unit')) || (await built())) {
  const beside = besides();
  for (const kind of kinds) {
    const missing = kind === 'terraform' ? terraformIsMissing() : undefined;
    if (missing) console.log(`\n── terraform: off, ${missing}`);
    else (await jest(kind, false)).tell();
    tellOfThem();
  }
  await beside;
  tellOfThem();
}

console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;
