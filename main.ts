import './environments/quiet-constructs';
import { App } from 'cdktf';
import { addStacks, ENVIRONMENTS } from './environments';

/** `SPILLWAY_ENVIRONMENTS=dev,staging` synthesizes those; by default all. */
const wanted = process.env.SPILLWAY_ENVIRONMENTS?.split(',').filter(Boolean) ?? Object.keys(ENVIRONMENTS);
const app = new App({ outdir: process.env.CDKTF_OUTDIR ?? 'cdktf.out' });
for (const name of wanted) {
  const settings = ENVIRONMENTS[name];
  if (!settings) {
    throw new Error(`SPILLWAY_ENVIRONMENTS names "${name}"; there are ${Object.keys(ENVIRONMENTS).join(', ')}`);
  }
  addStacks(app, settings);
}
app.synth();
