import { costUsd } from '../../web/lambda-cost';

test('177,000 wasted seconds of 512 MB cost $1.18, as the outage model says', () => {
  expect(costUsd(177_000)).toBeCloseTo(1.18, 2);
  expect(costUsd(177_000, 1024)).toBeCloseTo(2.36, 2);
});
