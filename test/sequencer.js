const Sequencer = require('@jest/test-sequencer').default;

/** Files that take half a minute and more: begun last, one of them would hold up a run whose other workers have nothing left to do. */
const LONG = /broken-guards|histories|cli\/init|tools\/package|two-regions|scenarios\/breaker|invoices|runbooks/;

/** What jest remembers of earlier runs is not there on a fresh machine, so what is long is said here. */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    return [...sorted.filter(({ path }) => LONG.test(path)), ...sorted.filter(({ path }) => !LONG.test(path))];
  }
};
