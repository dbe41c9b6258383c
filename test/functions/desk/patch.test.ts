import { applyTo, PatchError, readPatch } from '../../../functions/desk/core/patch';

const patch = (...operations: object[]) => readPatch(JSON.stringify(operations));

test('every number stays as its sender wrote it', () => {
  const body = '{"id":12345678901234567890,"price":1.10,"tiny":1e-400,"size":"huge"}';
  expect(applyTo(body, patch({ op: 'replace', path: '/size', value: 'small' }))).toBe(
    '{"id":12345678901234567890,"price":1.10,"tiny":1e-400,"size":"small"}',
  );
  const moved = readPatch('[{"op":"copy","from":"/id","path":"/ref"},{"op":"add","path":"/n","value":0.30}]');
  expect(applyTo('{"id":12345678901234567890}', moved)).toBe(
    '{"id":12345678901234567890,"ref":12345678901234567890,"n":0.30}',
  );
});

test('what is copied is a value of its own', () => {
  const operations = patch({ op: 'copy', from: '/a', path: '/b' }, { op: 'add', path: '/b/x', value: 1 });
  expect(applyTo('{"a":{}}', operations)).toBe('{"a":{},"b":{"x":1}}');
});

test('a value of the patch is not shared by two bodies', () => {
  const operations = patch({ op: 'add', path: '/list', value: [] }, { op: 'add', path: '/list/-', value: 1 });
  expect([applyTo('{}', operations), applyTo('{}', operations)]).toEqual(['{"list":[1]}', '{"list":[1]}']);
});

test.each([
  ['not JSON', '{', /not JSON/],
  ['no list', '{}', /a patch is a list/],
  ['an unknown operation', '[{"op":"drop","path":"/a"}]', /operation 0 .* needs an op/],
])('a patch that is %s is refused', (_, text, message) => {
  expect(() => readPatch(text)).toThrow(message);
});

test.each([
  ['a place that is not there', '{}', { op: 'replace', path: '/a', value: 1 }],
  ['a test that does not hold', '{"a":1}', { op: 'test', path: '/a', value: 2 }],
  ['a prototype', '{}', { op: 'add', path: '/__proto__/polluted', value: 1 }],
  ['a body that is not JSON', 'hello', { op: 'add', path: '/a', value: 1 }],
  ['the whole message', '{}', { op: 'remove', path: '' }],
])('a change to %s is refused', (_, body, operation) => {
  expect(() => applyTo(body, patch(operation))).toThrow(PatchError);
  expect({}).not.toHaveProperty('polluted');
});
