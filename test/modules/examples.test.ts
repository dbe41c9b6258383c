import { join } from 'node:path';
import ts from 'typescript';
import { bundleExamples, examplesIn, MODULES, root, written } from './examples-of-readmes';
import { policiesOnInterfaces } from './interfaces';
import { synthesized } from './synthesized';

const source = written();

beforeAll(bundleExamples);

test('the example of every README compiles', () => {
  const file = join(__dirname, 'examples-in-one.ts');
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const checked = { ...options, noUnusedLocals: false, noUnusedParameters: false };
  const host = ts.createCompilerHost(checked);
  const fromDisk = host.getSourceFile;
  host.getSourceFile = (name, languageVersion, ...rest) =>
    name === file ? ts.createSourceFile(name, source, languageVersion) : fromDisk(name, languageVersion, ...rest);
  const program = ts.createProgram([file], checked, host);
  const found = [...program.getSyntacticDiagnostics(), ...program.getSemanticDiagnostics(program.getSourceFile(file))];
  const lines = source.split('\n');
  expect(
    found.map(({ messageText, file: where, start = 0 }) => {
      const line = where?.getLineAndCharacterOfPosition(start).line ?? 0;
      return `${ts.flattenDiagnosticMessageText(messageText, ' ')} in: ${lines[line]}`;
    }),
  ).toEqual([]);
}, 60_000);

test.each(MODULES)('the example of %s synthesizes', (name) => {
  const { json } = synthesized((stack) => examplesIn(source)(name, stack));
  expect(Object.keys(json.resource).length).toBeGreaterThan(0);
});

test('no example lets the code of a function do what Lambda does to network interfaces in its name', () => {
  const policies = MODULES.flatMap((name) =>
    policiesOnInterfaces(synthesized((stack) => examplesIn(source)(name, stack)).json.resource),
  );
  expect(policies.length).toBeGreaterThan(1);
  for (const { name, allowed, denied, functions } of policies)
    expect([name, denied, functions]).toEqual([name, allowed, [expect.stringMatching(/^[\w-]+$/)]]);
});
