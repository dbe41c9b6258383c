// Streams a generated plan of 200 MB through `spillway review` and measures it: node tools/bench/review.mjs [MEGABYTES]
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const LIMITS = { seconds: 10, megabytes: 500 };
const megabytes = Number(process.argv[2] ?? 200);
const bin = fileURLToPath(new URL('../../bin/spillway.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'review-bench-'));

/** As real plans are: each resource in planned_values, resource_changes, prior_state and configuration, most unchanged. */
function values(type, index) {
  const name = `orders-${index}`;
  const arn = `arn:aws:sqs:eu-west-1:111122223333:${name}`;
  const filler = {
    tags: { team: 'shop', note: 'ü'.repeat(200) },
    description: '"quoted" \\ and [bracketed] {braces}'.repeat(8),
  };
  if (type === 'aws_sqs_queue') {
    const redrive_policy = JSON.stringify({
      deadLetterTargetArn: `${arn.slice(0, arn.lastIndexOf('-'))}-${index + 1}`,
      maxReceiveCount: 3,
    });
    return {
      ...filler,
      arn,
      id: `https://sqs/${name}`,
      url: `https://sqs/${name}`,
      name,
      fifo_queue: false,
      message_retention_seconds: 345600,
      visibility_timeout_seconds: 180,
      redrive_policy,
    };
  }
  if (type === 'aws_lambda_function')
    return {
      ...filler,
      arn: `arn:aws:lambda:eu-west-1:111122223333:function:${name}`,
      function_name: name,
      timeout: 30,
      memory_size: 512,
    };
  if (type === 'aws_lambda_event_source_mapping')
    return {
      ...filler,
      event_source_arn: arn,
      function_name: `arn:aws:lambda:eu-west-1:111122223333:function:${name}`,
      enabled: true,
      batch_size: 10,
    };
  return {
    ...filler,
    id: `i-${index}`,
    arn: `arn:aws:ec2:eu-west-1:111122223333:instance/i-${index}`,
    user_data: 'x'.repeat(400),
  };
}

function generate(path, size) {
  const file = openSync(path, 'w');
  const types = ['aws_sqs_queue', 'aws_lambda_function', 'aws_lambda_event_source_mapping', 'aws_instance'];
  const one = JSON.stringify(values('aws_sqs_queue', 100000)).length;
  const count = Math.floor((size * 1e6) / (one * 4 + 900));
  const resources = (render) => {
    for (let index = 0; index < count; index++) {
      const type = types[index % types.length];
      const group = Math.floor(index / types.length);
      writeSync(
        file,
        `${index > 0 ? ',' : ''}${JSON.stringify(render(type, `r${group}`, values(type, group), index))}`,
      );
    }
  };
  const identity = (type, name) => ({ address: `${type}.${name}`, mode: 'managed', type, name });
  writeSync(file, '{"format_version":"1.2","terraform_version":"1.9.0","planned_values":{"root_module":{"resources":[');
  resources((type, name, all) => ({ ...identity(type, name), values: all }));
  writeSync(file, ']}},"resource_changes":[');
  resources((type, name, all, index) => {
    const changed = index % 100 === 0;
    const after = changed ? { ...all, visibility_timeout_seconds: 30 } : all;
    return {
      ...identity(type, name),
      change: {
        actions: [changed ? 'update' : 'no-op'],
        before: all,
        after,
        after_unknown: {},
        before_sensitive: {},
        after_sensitive: {},
      },
    };
  });
  writeSync(file, '],"prior_state":{"format_version":"1.0","values":{"root_module":{"resources":[');
  resources((type, name, all) => ({ ...identity(type, name), values: all, sensitive_values: {} }));
  writeSync(file, ']}}},"configuration":{"provider_config":{},"root_module":{"resources":[');
  resources((type, name) => ({ ...identity(type, name), expressions: { name: { constant_value: name } } }));
  writeSync(file, ']}}}');
  closeSync(file);
  return count;
}

try {
  const plan = join(folder, 'plan.json');
  const count = generate(plan, megabytes);
  spawnSync(process.execPath, [bin, 'review', '--help']); // builds the bundle, which isn't what is measured
  const started = performance.now();
  const probe = join(folder, 'probe.cjs');
  writeFileSync(probe, `process.on('exit', () => console.error('peak', process.resourceUsage().maxRSS));`);
  const run = spawnSync(process.execPath, ['-r', probe, bin, 'review', '--format', 'markdown', plan], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const seconds = (performance.now() - started) / 1000;
  const peak = Number(/peak (\d+)/.exec(run.stderr)?.[1]) / 1024;
  const size = statSync(plan).size / 1e6;
  console.log(
    `${size.toFixed(0)} MB, ${count} resources: ${seconds.toFixed(1)} s, peak ${peak.toFixed(0)} MB, report ${run.stdout.length} characters`,
  );
  if (run.status !== 0) throw new Error(run.stderr);
  if (seconds > LIMITS.seconds || !(peak <= LIMITS.megabytes)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
