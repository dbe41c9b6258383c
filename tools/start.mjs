// `npm start`: installs what is missing, then runs local/start.ts in this very process. Its script has `exec`, because npm passes a signal on to its child
// alone: a shell in between, or tsx's own command, would end and leave the rest running.
import { createRequire } from 'node:module';
import { root, setUpOrSayWhy } from './setup.mjs';

if (await setUpOrSayWhy(root)) {
  const { register } = await import('tsx/cjs/api');
  register();
  createRequire(import.meta.url)('../local/start.ts');
}
