import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const modules = join(__dirname, '..', '..', 'modules');
const MODULES = readdirSync(modules).filter((name) => existsSync(join(modules, name, 'README.md')));

interface Input {
  readonly name: string;
  readonly documented: boolean;
}

/** The properties of the `…Props` that a module's index exports. */
function inputs(folder: string): Input[] {
  const exported = readFileSync(join(folder, 'index.ts'), 'utf8');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ts.createSourceFile(file, readFileSync(join(folder, file), 'utf8'), ts.ScriptTarget.ES2022, true))
    .flatMap(({ statements }) => statements.filter(ts.isInterfaceDeclaration))
    .filter(({ name }) => name.text.endsWith('Props') && new RegExp(`\\b${name.text}\\b`).test(exported))
    .flatMap(({ members }) =>
      members.map((member) => ({
        name: (member.name as ts.Identifier).text,
        documented: ts.getJSDocCommentsAndTags(member).some(({ comment }) => comment),
      })),
    );
}

test.each(MODULES)('the README of %s names every input, has outputs and one example', (name) => {
  const readme = readFileSync(join(modules, name, 'README.md'), 'utf8');
  const props = inputs(join(modules, name)).map((prop) => prop.name);
  expect(props.length).toBeGreaterThan(0);
  expect(props.filter((prop) => !new RegExp(`\`[^\`]*\\b${prop}\\b[^\`]*\``).test(readme))).toEqual([]);
  expect(readme).toContain('## Outputs');
  expect(readme).toContain('## Example');
});

test.each(MODULES)('every input of %s says in its docstring what it is', (name) => {
  const silent = inputs(join(modules, name)).filter(({ documented }) => !documented);
  expect(silent.map((prop) => prop.name)).toEqual([]);
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
