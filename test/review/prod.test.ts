import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPlan } from './create-plan';
import { headlines, reviewOf } from './plan-files';

const ROOT = join(__dirname, '../..');

/** The stacks of prod as they are synthesized now, each made into a plan that creates it from nothing. */
function prodPlans(): [string, object][] {
  const app = join(ROOT, 'dist/main.js');
  if (!existsSync(app)) execFileSync(process.execPath, ['tools/build.mjs'], { cwd: ROOT });
  const outdir = mkdtempSync(join(tmpdir(), 'prod-'));
  try {
    execFileSync(process.execPath, [app], {
      cwd: ROOT,
      env: { ...process.env, SPILLWAY_ENVIRONMENTS: 'prod', CDKTF_OUTDIR: outdir },
    });
    return readdirSync(join(outdir, 'stacks')).map((stack) => [
      stack,
      createPlan(JSON.parse(readFileSync(join(outdir, 'stacks', stack, 'cdk.tf.json'), 'utf8'))),
    ]);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

test("the plan of this project's own prod, created from nothing, has no finding above info", async () => {
  const plans = prodPlans();
  const queues = plans
    .flatMap(([, plan]) => (plan as { resource_changes: { type: string }[] }).resource_changes)
    .filter(({ type }) => type === 'aws_sqs_queue');
  expect(queues.length).toBeGreaterThan(3);
  for (const [stack, plan] of plans) {
    const review = await reviewOf(plan);
    const above = headlines(review).filter((line) => !line.startsWith('info'));
    expect({ stack, above }).toEqual({ stack, above: [] });
  }
});
