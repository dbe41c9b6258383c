import { type TypeName, typeOf, typesWith } from '../../review/resources';

/** Kept of every type. */
const ALWAYS = ['arn', 'id', 'name', 'region'];

test('what the table of a type says of its own attributes is among them', () => {
  const types = typesWith('attributes').map(([type]) => type);
  const wrong = types.flatMap((type) => {
    const about = typeOf(type);
    const own = [
      ...(about?.names ?? []),
      ...(about?.key ? [about.key] : []),
      ...(about?.role ? [about.role.path] : []),
      ...(about?.one?.identity ?? []).map((part) => part.replace('?', '')),
      ...(about?.fixed ?? []),
      ...Object.keys(about?.companions ?? {}),
    ];
    return missing(type, own);
  });
  expect(wrong).toEqual([]);
});

test('a companion is a type of the table, with the attribute and its owner', () => {
  const wrong = typesWith('companions').flatMap(([, companions]) =>
    Object.entries(companions).flatMap(([attribute, { type, owner }]) => missing(type as TypeName, [attribute, owner])),
  );
  expect(wrong).toEqual([]);
});

function missing(type: TypeName, paths: readonly string[]): string[] {
  const kept = [...ALWAYS, ...(typeOf(type)?.attributes ?? [])];
  return paths.filter((path) => !kept.includes(path.split('.')[0] ?? path)).map((path) => `${type}: ${path}`);
}
