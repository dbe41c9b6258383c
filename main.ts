import './environments/app/quiet-constructs';
import './environments/app/plain-errors';
import { App, TerraformStack } from 'cdktf';
import { addStacks, ENVIRONMENTS } from './environments';
import { removeStaleStacks } from './environments/app/stale-stacks';

/** `SPILLWAY_ENVIRONMENTS=dev,staging` synthesizes those; by default all. */
const named = process.env.SPILLWAY_ENVIRONMENTS?.split(',').filter(Boolean) ?? [];
const wanted = named.length > 0 ? named : Object.keys(ENVIRONMENTS);
const unknown = wanted.filter((name) => !Object.hasOwn(ENVIRONMENTS, name));
if (unknown.length > 0) {
  console.error(
    `SPILLWAY_ENVIRONMENTS names "${unknown.join('", "')}"; there are ${Object.keys(ENVIRONMENTS).join(', ')}`,
  );
  process.exit(2);
}
// cdktn refuses a backend or a function that these versions don't know; cdktf knows no such check.
const context = { targetVersions: { terraform: '>=1.11', opentofu: '>=1.11' } };
const app = new App({ outdir: process.env.CDKTF_OUTDIR ?? 'cdktf.out', context });
for (const [name, settings] of Object.entries(ENVIRONMENTS)) if (wanted.includes(name)) addStacks(app, settings);
app.synth();
const kept = removeStaleStacks(
  app.outdir,
  app.node.children.filter(TerraformStack.isStack).map(({ node }) => node.id),
  Object.keys(ENVIRONMENTS).filter((name) => !wanted.includes(name)),
);
for (const directory of kept)
  console.error(
    `${directory} is made no longer, but holds a Terraform state: run \`terraform destroy\` there, then remove it`,
  );
