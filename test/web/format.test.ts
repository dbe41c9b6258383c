import { ago, cost, count, duration, plural, price, seconds } from '../../web/format';

test.each([
  [0, '0 s'],
  [4.25, '4.3 s'],
  [87.4, '87 s'],
  [725, '12 min 05 s'],
  [12_000, '3 h 20 min'],
])('%p seconds read %p', (seconds, text) => expect(duration(seconds)).toBe(text));

test('Lambda-seconds keep one unit', () => {
  expect([0, 4.25, 87.4, 1840].map(seconds)).toEqual(['0 s', '4.3 s', '87 s', '1,840 s']);
});

test.each([
  [0, '$0'],
  [0.000_62, '$0.00062'],
  [0.0199, '$0.020'],
  [1.7281, '$1.73'],
])('$%p costs read %p', (usd, text) => expect(cost(usd)).toBe(text));

test('prices have cents, counts have thousands', () => {
  expect(price(480)).toBe('$4.80');
  expect(count(12_345)).toBe('12,345');
  expect(plural(1, 'order')).toBe('1 order');
  expect(plural(0, 'order waits', 'orders wait')).toBe('0 orders wait');
});

test('a clock that is a little ahead never makes the past the future', () => {
  expect(ago(2_000, 1_000)).toBe('just now');
  expect(ago(0, 59_000)).toBe('59 s ago');
  expect(ago(0, 61_000)).toBe('1 min ago');
  expect(ago(0, 7_200_000)).toBe('2 h ago');
});
