import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeStaleStacks } from '../../environments/app/stale-stacks';

let outdir: string;
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), 'stale-stacks-'));
});
afterEach(() => rmSync(outdir, { recursive: true }));

const stacks = (...names: string[]) => {
  for (const name of names) mkdirSync(join(outdir, 'stacks', name), { recursive: true });
};
const left = () => readdirSync(join(outdir, 'stacks')).sort();

test('a stack that is made no longer leaves, one of an environment that was left out stays', () => {
  stacks('dev-eu-central-1-shop', 'dev-eu-central-1-gone', 'prod-eu-central-1-shop');
  expect(removeStaleStacks(outdir, ['dev-eu-central-1-shop'], ['prod'])).toEqual([]);
  expect(left()).toEqual(['dev-eu-central-1-shop', 'prod-eu-central-1-shop']);
});

test('the stacks of an environment that was removed leave', () => {
  stacks('dev-eu-central-1-shop', 'staging-eu-central-1-shop');
  removeStaleStacks(outdir, ['dev-eu-central-1-shop'], []);
  expect(left()).toEqual(['dev-eu-central-1-shop']);
});

test('a state that is nowhere else stays, and is told; what Terraform keeps of a remote one is none', () => {
  stacks('local-us-east-1-gone/.spillway/terraform', 'dev-eu-central-1-gone/.terraform');
  const [local, dev] = ['local-us-east-1-gone', 'dev-eu-central-1-gone'].map((name) => join(outdir, 'stacks', name));
  writeFileSync(join(local!, '.spillway/terraform/local-us-east-1-gone.tfstate'), '{}');
  writeFileSync(join(dev!, '.terraform/terraform.tfstate'), '{}');
  expect(removeStaleStacks(outdir, [], [])).toEqual([local]);
  expect(left()).toEqual(['local-us-east-1-gone']);
});

test('nothing to remove is no fault', () => {
  expect(removeStaleStacks(join(outdir, 'not-there'), [], ['dev'])).toEqual([]);
});
