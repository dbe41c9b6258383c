import type { Invocation } from './environment';

/**
 * What Lambda charges for running time. Source: AWS Lambda pricing, us-east-1, arm64, first tier; requests are extra ($0.20 a million) and not
 * counted here, because a failed try costs its seconds above all.
 */
export const LAMBDA_PRICE = {
  usdPerGbSecond: 0.000_013_333_4,
  memoryMb: 512,
  architecture: 'arm64',
  region: 'us-east-1',
  date: '2026-11',
} as const;

/** What a set of invocations used, and how much of it was for nothing. */
export interface Usage {
  readonly invocations: number;
  readonly usedSeconds: number;
  readonly wastedSeconds: number;
}

export const NO_USAGE: Usage = { invocations: 0, usedSeconds: 0, wastedSeconds: 0 };

/**
 * Milliseconds of an invocation that came to nothing. After an error or a time-out every message comes back, so all of it; otherwise
 * the share of its messages that failed. An invocation without messages wastes nothing by succeeding.
 */
export function wastedMs({ durationMs, outcome, records, failedRecords }: Invocation): number {
  if (outcome !== 'ok') return durationMs;
  return records === 0 ? 0 : (durationMs * failedRecords) / records;
}

/** Adds invocations to what was used before. */
export function addUsage(before: Usage, invocations: readonly Invocation[]): Usage {
  return invocations.reduce(
    (sum, invocation) => ({
      invocations: sum.invocations + 1,
      usedSeconds: sum.usedSeconds + invocation.durationMs / 1000,
      wastedSeconds: sum.wastedSeconds + wastedMs(invocation) / 1000,
    }),
    before,
  );
}

/** US dollars for Lambda seconds of a function with so much memory. */
export function costUsd(seconds: number, memoryMb: number = LAMBDA_PRICE.memoryMb): number {
  return seconds * (memoryMb / 1024) * LAMBDA_PRICE.usdPerGbSecond;
}
