import { canary } from 'spillway/runtime';
import { mailCanary } from './contract';

export const handler = canary(mailCanary, async ({ environment, signal }) => {
  const { ok, status } = await fetch(`${environment.MAIL_URL}/health`, { signal });
  return { green: ok, detail: `the mail service answered ${status}` };
});
