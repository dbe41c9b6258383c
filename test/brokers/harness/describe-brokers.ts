import { install, missing } from '../../../local/brokers/install';

/** `describe` where a broker can run. Elsewhere: skipped on a desk, with the reason, and failed in CI, where a skip would be a lie. */
export function describeBrokers(name: string, tests: () => void, problem = missing()): void {
  if (!problem) {
    describe(name, tests);
  } else if (process.env.CI === 'true') {
    test(name, () => {
      throw new Error(problem);
    });
  } else {
    process.stderr.write(`${problem}\n`);
    describe.skip(name, tests);
  }
}

/** The same for ActiveMQ, which is fetched first. */
export function describeActiveMq(name: string, tests: () => void): void {
  describeBrokers(name, () => {
    beforeAll(() => install(), 300_000);
    tests();
  });
}
