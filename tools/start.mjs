// `npm start`: installs what it needs and isn't there, then runs local/start.ts in this very process. Its script has `exec`, because npm passes a signal on to its child
// alone: a shell in between, or tsx's own command, would end and leave the rest running.
import { createRequire } from 'node:module';
import { root, setUpOrSayWhy } from './setup.mjs';

// Whoever wants the emulator alone is about to deploy to it with cdktf-cli.
const start = !process.argv.includes('--emulator-only');
if (await setUpOrSayWhy(root, { start })) {
  const { register } = await import('tsx/cjs/api');
  register();
  createRequire(import.meta.url)('../local/start.ts');
}
