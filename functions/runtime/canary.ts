import * as z from 'zod/mini';

/** What one canary said; `detail` is a sentence that says what came of it. Every canary function answers so. */
export const canaryAnswer = z.object({ green: z.boolean(), detail: z.string() });
export type CanaryAnswer = Readonly<z.infer<typeof canaryAnswer>>;

/** What several canaries in a row said. */
export interface CanaryVerdict extends CanaryAnswer {
  /** Canaries sent; fewer than asked for once one failed. */
  readonly sent: number;
}

/** Asks again and again until one canary fails, which is a red verdict: a flaky system answers some. */
export async function inARow(count: number, ask: () => Promise<CanaryAnswer>): Promise<CanaryVerdict> {
  for (let sent = 1; sent <= count; sent += 1) {
    const { green, detail } = await ask();
    if (!green) return { green, sent, detail: `canary ${sent} of ${count} failed: ${detail}` };
  }
  return { green: true, sent: count, detail: `${count} of ${count} canaries answered` };
}
