import { freshness } from '../../web/freshness';

/** The server's clock is an hour ahead of the browser's. */
const HOUR = 3_600_000;
const heard = (heardAt: number, readAt: number) => ({ heardAt, serverNow: heardAt + HOUR, readAt: readAt + HOUR });

test.each([
  ['numbers of this moment are live', heard(10_000, 9_000), true, 11_000, { state: 'live', age: 2_000 }],
  ['an emulator that is silent makes them old', heard(60_000, 9_000), true, 60_000, { state: 'old', age: 51_000 }],
  [
    'a question that failed means that the server is lost',
    heard(10_000, 9_000),
    false,
    12_000,
    { state: 'lost', age: 3_000 },
  ],
  ['so does one that has long been unanswered', heard(10_000, 9_000), true, 16_000, { state: 'lost', age: 7_000 }],
  ['nothing heard, no age', undefined, false, 16_000, { state: 'lost' }],
])('%s, whatever the two clocks say', (_, news, answered, now, expected) => {
  expect(freshness(news, answered, now)).toEqual(expected);
});
