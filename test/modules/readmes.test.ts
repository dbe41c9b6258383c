import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const modules = join(__dirname, '..', '..', 'modules');
const MODULES = readdirSync(modules).filter((name) => existsSync(join(modules, name, 'README.md')));

interface Input {
  /** Of the interface that has it. */
  readonly of: string;
  readonly name: string;
  readonly optional: boolean;
  readonly docstring: string;
}

const identifiers = (node: ts.Node): string[] => [
  ...(ts.isIdentifier(node) ? [node.text] : []),
  ...node.getChildren().flatMap(identifiers),
];

/** What somebody writes who uses the module: the `…Props` that its index exports, and the module's own interfaces that they are made of. */
function inputs(folder: string): Input[] {
  const exported = readFileSync(join(folder, 'index.ts'), 'utf8');
  const interfaces = readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ts.createSourceFile(file, readFileSync(join(folder, file), 'utf8'), ts.ScriptTarget.ES2022, true))
    .flatMap(({ statements }) =>
      statements.filter((one) => ts.isInterfaceDeclaration(one) || ts.isTypeAliasDeclaration(one)),
    );
  const found = new Set(
    interfaces.filter(({ name }) => name.text.endsWith('Props') && new RegExp(`\\b${name.text}\\b`).test(exported)),
  );
  // A set is gone through with what is added meanwhile.
  for (const one of found) {
    const named = new Set(identifiers(one));
    for (const other of interfaces) if (named.has(other.name.text)) found.add(other);
  }
  return [...found].filter(ts.isInterfaceDeclaration).flatMap(({ name: { text: of }, members }) =>
    members.map((member) => ({
      of,
      name: (member.name as ts.Identifier).text,
      optional: member.questionToken !== undefined,
      docstring: ts
        .getJSDocCommentsAndTags(member)
        .map(({ comment }) => ts.getTextOfJSDocComment(comment))
        .join(' '),
    })),
  );
}

test.each(MODULES)('the README of %s names every input, has outputs and one example', (name) => {
  const readme = readFileSync(join(modules, name, 'README.md'), 'utf8');
  const props = inputs(join(modules, name))
    .filter(({ of }) => of.endsWith('Props'))
    .map((prop) => prop.name);
  expect(props.length).toBeGreaterThan(0);
  expect(props.filter((prop) => !new RegExp(`\`[^\`]*\\b${prop}\\b[^\`]*\``).test(readme))).toEqual([]);
  expect(readme).toContain('## Outputs');
  expect(readme).toContain('## Example');
});

test.each(MODULES)('every input of %s says in its docstring what it is, and what holds without it', (name) => {
  const silent = inputs(join(modules, name)).filter(
    ({ optional, docstring }) => !docstring || (optional && !/\bdefault\b/i.test(docstring)),
  );
  expect(silent.map((input) => `${input.of}.${input.name}`)).toEqual([]);
});

test('whatever makes resources has a README', () => {
  const makers = readdirSync(modules).filter((name) =>
    readdirSync(join(modules, name)).some((file) =>
      /^import \{(?! type)[^}]*\} from '@cdktf\/provider-aws/m.test(readFileSync(join(modules, name, file), 'utf8')),
    ),
  );
  expect(makers.length).toBeGreaterThan(10);
  expect(MODULES).toEqual(expect.arrayContaining(makers));
});
