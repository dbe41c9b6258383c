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

/** US dollars for Lambda seconds of a function with so much memory. */
export function costUsd(seconds: number, memoryMb: number = LAMBDA_PRICE.memoryMb): number {
  return seconds * (memoryMb / 1024) * LAMBDA_PRICE.usdPerGbSecond;
}
