import fc from 'fast-check';
import { errorClassOf, letterOf } from '../../../functions/desk/core/take';
import { inRepair, NOW, QUEUE, SETTINGS } from './letters';

const letter = (...parameters: Parameters<typeof inRepair>) => letterOf(inRepair(...parameters), SETTINGS, NOW);

test('messages with one cause are one group, whatever their ids and values are', () => {
  const wrong = (id: string, detail: string, path: string) => letter(id, { note: { detail, path } }).group;
  expect(wrong('a', 'items.0.size is "huge": not a size', 'items.0.size')).toBe(
    wrong('b', 'items.17.size is "tiny": not a size', 'items.17.size'),
  );
  expect(wrong('a', 'amount is -1: too small', 'amount')).not.toBe(wrong('a', 'id is 7: too small', 'id'));
});

test('another version of the producer is another group', () => {
  const by = (version: string) => {
    const message = inRepair('a');
    const attributes = { ...message.attributes, ProducerVersion: { type: 'String', value: version } };
    return letterOf({ ...message, attributes }, SETTINGS, NOW);
  };
  expect(by('2.1').cause.producer).toBe('2.1');
  expect(by('2.1').group).not.toBe(by('2.2').group);
});

test('the note is taken off, and the sender’s attributes stay', () => {
  expect(letter('a')).toMatchObject({
    cause: { queue: QUEUE, reason: 'malformed', path: 'amount' },
    businessId: 'a',
    originId: 'main-a',
    content: { attributes: { till: { type: 'Number', value: '4' } } },
  });
});

test.each([
  ['SNS', { ErrorCode: 'AccessDenied', ErrorMessage: 'no permission' }, 'undelivered', 'AccessDenied: no permission'],
  ['EventBridge', { ERROR_CODE: 'NO_PERMISSIONS', ERROR_MESSAGE: 'denied' }, 'undelivered', 'NO_PERMISSIONS: denied'],
  ['a queue', {}, 'exhausted', 'its queue gave it up after too many receives'],
])('a dead letter of %s says why it is one', (_, given, reason, detail) => {
  const attributes = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, { type: 'String', value }]),
  );
  const taken = letterOf({ ...inRepair('a'), attributes }, SETTINGS, NOW);
  expect(taken).toMatchObject({ cause: { reason }, detail, businessId: 'a', originId: 'repair-a' });
});

test('any sentence gives an error class of one short line, quickly', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 3000, unit: 'binary' }), (detail) => {
      expect(errorClassOf(detail).length).toBeLessThanOrEqual(160);
    }),
  );
  const started = Date.now();
  errorClassOf('"\\'.repeat(100_000));
  expect(Date.now() - started).toBeLessThan(200);
});
