import { join } from 'node:path';
import { readPlan } from '../../review/plan/read';
import { Policy } from '../../review/policy/policy';
import type { Review } from '../../review/report/review';
import { reviewPlan } from '../../review/review';
import { written } from './written';

export const PLANS = join(__dirname, 'plans');
/** A day on which nothing expires by itself. */
export const TODAY = '2026-11-23';

export async function reviewOf(plan: unknown, policy = new Policy({}, TODAY)): Promise<Review> {
  return reviewPlan(await readPlan(written(JSON.stringify(plan)), 'test'), policy);
}

export const reviewOfFile = async (name: string, policy = new Policy({}, TODAY)) =>
  reviewPlan(await readPlan(join(PLANS, `${name}.json`)), policy);

/** `severity rule address`, the part of a finding that a reviewer would count. */
export const headlines = (review: Review): string[] =>
  review.findings.map(({ severity, rule, address }) => `${severity} ${rule} ${address}`);
