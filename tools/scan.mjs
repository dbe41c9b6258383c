// `npm run scan`: checkov over the synthesized JSON of prod. Fails on a finding that no module accepts with a reason, on an acceptance that no longer
// has a finding (its reason has outlived itself), and when nothing was scanned at all.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './build.mjs';
import { checkov } from './checkov.mjs';

const output = join(root, '.spillway', 'scan');
const command = checkov();

execFileSync(process.execPath, [join(root, 'tools', 'build.mjs')], { stdio: 'inherit' });
rmSync(output, { recursive: true, force: true });
mkdirSync(output, { recursive: true });
const environment = { ...process.env, SPILLWAY_ENVIRONMENTS: 'prod', CDKTF_OUTDIR: output };
execFileSync(process.execPath, [join(root, 'dist', 'main.js')], { stdio: 'inherit', env: environment });

// What checkov's parser gives a whole file up for: a setting, and blocks, that aren't objects in objects. No check of it reads them.
for (const stack of readdirSync(join(output, 'stacks'))) {
  const file = join(output, 'stacks', stack, 'cdk.tf.json');
  const { import: _, ...definition } = JSON.parse(readFileSync(file, 'utf8'));
  delete definition.terraform.required_version;
  writeFileSync(file, JSON.stringify(definition, null, 2));
}

const arguments_ = [
  '--directory',
  join(output, 'stacks'),
  '--framework',
  'terraform_json',
  '--output',
  'json',
  '--compact',
];
const scan = spawnSync(command, [...arguments_, '--soft-fail'], {
  encoding: 'utf8',
  maxBuffer: 1 << 28,
});
if (scan.status !== 0) throw new Error(`checkov ended with ${scan.status}: ${scan.stderr}`);
const reports = [JSON.parse(scan.stdout)].flat();
const passed = reports.flatMap(({ results }) => results?.passed_checks ?? []);
const failed = reports.flatMap(({ results }) => results?.failed_checks ?? []);
const unread = reports.flatMap(({ results }) => results?.parsing_errors ?? []);
if (unread.length > 0) throw new Error(`checkov can't read ${unread.join(', ')}`);
// The default framework scans none of this JSON and ends well all the same.
if (passed.length + failed.length === 0)
  throw new Error('checkov checked nothing: the framework does not fit the files');

/** `stack resource check` → reason, as the modules wrote it into the JSON. */
const accepted = new Map();
for (const stack of readdirSync(join(output, 'stacks'))) {
  const { resource = {} } = JSON.parse(readFileSync(join(output, 'stacks', stack, 'cdk.tf.json'), 'utf8'));
  for (const byId of Object.values(resource)) {
    for (const [id, attributes] of Object.entries(byId)) {
      for (const [check, reason] of Object.entries(attributes['//']?.accepted ?? {}))
        accepted.set(`${stack} ${id} ${check}`, reason);
    }
  }
}

const problems = [];
const reasons = new Map();
for (const { check_id: check, check_name: name, resource, file_path: path } of failed) {
  const key = `${path.split('/').at(-2)} ${resource.split('.').at(-1)} ${check}`;
  const reason = accepted.get(key);
  if (reason === undefined) problems.push(`not accepted: ${key}: ${name}`);
  else reasons.set(`${check} ${reason}`, (reasons.get(`${check} ${reason}`) ?? 0) + 1);
  accepted.delete(key);
}
for (const key of accepted.keys()) problems.push(`accepted, but found no more: ${key}`);

console.log(
  `${passed.length} checks passed, ${failed.length} found, ${failed.length - problems.length} of them accepted for these reasons:`,
);
for (const [reason, count] of [...reasons].sort()) console.log(`  ${count} × ${reason}`);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
