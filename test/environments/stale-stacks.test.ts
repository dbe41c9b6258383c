import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeStaleStacks } from '../../environments/stale-stacks';

const outdir = mkdtempSync(join(tmpdir(), 'stale-stacks-'));
afterAll(() => rmSync(outdir, { recursive: true }));

test('a stack that is made no longer leaves, one of another environment stays', () => {
  for (const name of ['dev-eu-central-1-shop', 'dev-eu-central-1-gone', 'prod-eu-central-1-shop'])
    mkdirSync(join(outdir, 'stacks', name), { recursive: true });
  removeStaleStacks(outdir, ['dev-eu-central-1-shop'], ['dev']);
  expect(readdirSync(join(outdir, 'stacks')).sort()).toEqual(['dev-eu-central-1-shop', 'prod-eu-central-1-shop']);
});

test('nothing to remove is no fault', () => {
  expect(() => removeStaleStacks(join(outdir, 'not-there'), [], ['dev'])).not.toThrow();
});
