import { type CanaryAnswer, readAnswer } from '../../../runtime/canary';

/** What a canary's task came to. Whatever is not a green answer is red: an error, a time-out, an answer that can't be read. */
export function verdictOf(canary: unknown): CanaryAnswer | undefined {
  if (canary === undefined) return undefined;
  const { answer, Error: error } = (canary ?? {}) as { readonly answer?: unknown; readonly Error?: unknown };
  const good = readAnswer(answer);
  if (good) return good;
  if (typeof error === 'string') return { green: false, detail: `the canary failed: ${error}` };
  return { green: false, detail: 'the canary gave no answer that says green or not' };
}
