import * as z from 'zod/mini';
import { type CanaryAnswer, canaryAnswer } from '../../../runtime/canary';

const answered = z.object({ answer: canaryAnswer });
const failed = z.object({ Error: z.string() });

/** What a canary's task came to. Whatever is not a green answer is red: an error, a time-out, an answer that can't be read. */
export function verdictOf(canary: unknown): CanaryAnswer | undefined {
  if (canary === undefined) return undefined;
  const good = z.safeParse(answered, canary);
  if (good.success) return good.data.answer;
  const bad = z.safeParse(failed, canary);
  if (bad.success) return { green: false, detail: `the canary failed: ${bad.data.Error}` };
  return { green: false, detail: 'the canary gave no answer that says green or not' };
}
