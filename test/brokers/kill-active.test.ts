import { describeActiveMq } from './harness/describe-brokers';
import { killActive, percentile } from './harness/kill-active';

/** Of two pairs at once, which takes half the time: most of it is waiting. */
const KILLS = [25, 25];

describeActiveMq('the active broker is killed under load, 50 times', () => {
  test('no accepted order is lost, and the producer goes on within 10 s', async () => {
    const reports = await Promise.all(KILLS.map((kills) => killActive(kills)));
    for (const [pair, report] of reports.entries()) {
      expect(report.reconnectMs).toHaveLength(KILLS[pair] as number);
      expect(report.lost).toEqual([]);
      expect(report.dead).toBe(0);
      // More would be orders whose confirmation was lost for good; the producer sends those again until it has one.
      expect(report.consumed).toBe(report.accepted);
      expect(report.accepted).toBeGreaterThan(1000);
      // What was on its way at a kill may come twice: at most the producer's window and the consumer's credit.
      expect(report.duplicates).toBeLessThanOrEqual(report.kills * (100 + 50));
    }
    const reconnectMs = reports.flatMap((report) => report.reconnectMs);
    expect(percentile(reconnectMs, 0.99)).toBeLessThanOrEqual(10_000);
  }, 300_000);
});
