import './environments/quiet-constructs';
import './environments/plain-errors';
import { App, TerraformStack } from 'cdktf';
import { addStacks, ENVIRONMENTS } from './environments';
import { removeStaleStacks } from './environments/stale-stacks';

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
removeStaleStacks(
  app.outdir,
  app.node.children.filter(TerraformStack.isStack).map(({ node }) => node.id),
  wanted,
);
