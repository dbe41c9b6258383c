// `npm run scan`: checkov over the synthesized JSON of prod, and over its plan where Terraform and an AWS provider are at hand: only there are policies whole. Fails on a finding
// that no module accepts with a reason, on an acceptance that no longer has a finding (its reason has outlived itself), and when nothing was scanned at all.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './build.mjs';
import { checkov } from './checkov.mjs';

const output = join(root, '.spillway', 'scan');
const stacks = join(output, 'stacks');
const plans = join(output, 'plans');
const command = checkov();

/** A check that reads the text of a policy. In the JSON that has references in it, and is passed by. */
const ONLY_IN_A_PLAN = 'CKV_AWS_290';

execFileSync(process.execPath, [join(root, 'tools', 'build.mjs')], { stdio: 'inherit' });
rmSync(output, { recursive: true, force: true });
mkdirSync(output, { recursive: true });
const environment = { ...process.env, SPILLWAY_ENVIRONMENTS: 'prod', CDKTF_OUTDIR: output };
execFileSync(process.execPath, [join(root, 'dist', 'main.js')], { stdio: 'inherit', env: environment });

const planned = plan();

// What checkov's parser gives a whole file up for: a setting, and blocks, that aren't objects in objects. No check of it reads them.
for (const stack of readdirSync(stacks)) {
  const file = join(stacks, stack, 'cdk.tf.json');
  const { import: _, ...definition } = JSON.parse(readFileSync(file, 'utf8'));
  delete definition.terraform.required_version;
  writeFileSync(file, JSON.stringify(definition, null, 2));
}

const scans = [scan('terraform_json', stacks), ...(planned ? [scan('terraform_plan', plans)] : [])];

/** `stack resource check` → reason, as the modules wrote it into the JSON. */
const accepted = new Map();
for (const stack of readdirSync(stacks)) {
  const { resource = {} } = JSON.parse(readFileSync(join(stacks, stack, 'cdk.tf.json'), 'utf8'));
  for (const byId of Object.values(resource)) {
    for (const [id, attributes] of Object.entries(byId)) {
      for (const [check, reason] of Object.entries(attributes['//']?.accepted ?? {}))
        accepted.set(`${stack} ${id} ${check}`, reason);
    }
  }
}

/** `stack resource check` → the check's name, of all that was found. */
const found = new Map(scans.flatMap(({ failed }) => failed));
const problems = [];
const reasons = new Map();
for (const [key, name] of found) {
  const reason = accepted.get(key);
  if (reason === undefined) problems.push(`not accepted: ${key}: ${name}`);
  else {
    const said = `${key.split(' ').at(-1)} ${reason}`;
    reasons.set(said, (reasons.get(said) ?? 0) + 1);
  }
  accepted.delete(key);
}
for (const key of accepted.keys()) {
  if (planned || !key.endsWith(` ${ONLY_IN_A_PLAN}`)) problems.push(`accepted, but found no more: ${key}`);
}

const passed = scans.reduce((sum, each) => sum + each.passed, 0);
const good = [...reasons.values()].reduce((sum, count) => sum + count, 0);
console.log(`${passed} checks passed, ${found.size} found, ${good} of them accepted for these reasons:`);
for (const [reason, count] of [...reasons].sort()) console.log(`  ${count} × ${reason}`);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

/** @returns whether there is a plan of each stack; if not, it has been said why */
function plan() {
  console.log('Planning prod, which takes a minute …');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', join(root, 'tools', 'plan-stacks.ts'), stacks, plans],
    { cwd: root, encoding: 'utf8' },
  );
  if (status === 3) console.log(`No plan is scanned: ${stdout.trim()}`);
  else if (status !== 0) throw new Error(`prod can't be planned: ${stderr}`);
  return status === 0;
}

function scan(framework, directory) {
  const parameters = ['--directory', directory, '--framework', framework, '--output', 'json', '--compact'];
  const { status, stdout, stderr } = spawnSync(command, [...parameters, '--soft-fail'], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`checkov ended with ${status}: ${stderr}`);
  const results = [JSON.parse(stdout)].flat().flatMap((report) => report.results ?? []);
  const unread = results.flatMap(({ parsing_errors: errors = [] }) => errors);
  if (unread.length > 0) throw new Error(`checkov can't read ${unread.join(', ')}`);
  const passed = results.reduce((sum, { passed_checks: checks = [] }) => sum + checks.length, 0);
  const failed = results.flatMap(({ failed_checks: checks = [] }) =>
    checks.map(({ check_id: check, check_name: name, resource, file_path: path }) => {
      const stack = path.replace(/^\/|\/cdk\.tf\.json$|\.json$/g, '');
      return [`${stack} ${resource.split('.').at(-1)} ${check}`, name];
    }),
  );
  // A framework that doesn't fit the files scans none of them, and ends well all the same.
  if (passed + failed.length === 0) throw new Error(`checkov checked nothing: ${framework} does not fit the files`);
  return { passed, failed };
}
