// `npm run known-props`: writes modules/props/known-props.ts, the names of the props that every construct takes, out of their interfaces.
// JavaScript has no compiler that would refuse a misspelt prop, and one that is ignored is a protection that isn't there.
import { readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';

const root = resolve(__dirname, '..');
const FILE = join(root, 'modules', 'props', 'known-props.ts');

/** Names of all properties of a type; of a union, those of each of its members. */
function propertiesOf(checker: ts.TypeChecker, type: ts.Type): string[] {
  const each = type.isUnion() ? type.types : [type];
  return each.flatMap((member) => checker.getPropertiesOfType(member).map(({ name }) => name));
}

/** The file's text: interface → the names in it. */
export function knownProps(): string {
  const modules = join(root, 'modules');
  const files = readdirSync(modules, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(modules, file));
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config,
    ts.sys,
    root,
  );
  const program = ts.createProgram(files, options);
  const checker = program.getTypeChecker();
  const known = new Map<string, string[]>();
  for (const file of files) {
    program.getSourceFile(file)?.forEachChild((node) => {
      if (
        !(ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) ||
        !/(Props|^Defaults)$/.test(node.name.text)
      )
        return;
      const names = [...new Set(propertiesOf(checker, checker.getTypeAtLocation(node.name)))].sort();
      if (known.has(node.name.text)) throw new Error(`two interfaces of modules are called ${node.name.text}`);
      known.set(node.name.text, names);
    });
  }
  const entries = [...known].sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = entries.map(([name, names]) => `  ${name}: '${names.join(' ')}',`);
  return `// Written by \`npm run known-props\`, out of the interfaces of these names.
// biome-ignore format: one line for each interface
export const KNOWN_PROPS = {
${lines.join('\n')}
} as const;
`;
}

if (require.main === module) writeFileSync(FILE, knownProps());
