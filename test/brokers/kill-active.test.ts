import { killActive, percentile } from './harness/kill-active';
import { describeBrokers } from './harness/setup';

const KILLS = 50;

describeBrokers('the active broker is killed under load, 50 times', () => {
  test('no accepted order is lost, and the producer goes on within 10 s', async () => {
    const report = await killActive(KILLS);
    expect(report.reconnectMs).toHaveLength(KILLS);
    expect(report.lost).toEqual([]);
    expect(report.consumed).toBeGreaterThanOrEqual(report.accepted);
    expect(report.accepted).toBeGreaterThan(2000);
    // What was on its way at a kill may come twice: at most the producer's window and the consumer's credit.
    expect(report.duplicates).toBeLessThanOrEqual(KILLS * (100 + 50));
    expect(percentile(report.reconnectMs, 0.99)).toBeLessThanOrEqual(10_000);
  }, 300_000);
});
