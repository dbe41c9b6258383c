import { sayPlaced } from '../../web/operations/placing';

test.each([
  ['taken', ['taken', 'taken'], '2 orders placed in Saga.'],
  ['refused is known', ['refused'], '1 order was refused.'],
  [
    'no answer is not a refusal',
    ['unknown', 'unknown', 'unknown'],
    'Of 3 orders nobody knows: no answer came. Sent again, none of them is paid twice.',
  ],
  [
    'each of what happened is said',
    ['taken', 'refused', 'unknown'],
    '1 order placed in Saga. 1 order was refused. Of 1 order nobody knows: no answer came. Sent again, none of them is paid twice.',
  ],
] as const)('%s', (_, outcomes, words) => expect(sayPlaced(outcomes, 'Saga')).toBe(words));
