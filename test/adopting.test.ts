import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';

const root = join(__dirname, '..');
const document = readFileSync(join(root, 'docs', 'adopting.md'), 'utf8');
const node = (directory: string, ...parameters: string[]) =>
  execFileSync(process.execPath, parameters, { cwd: directory, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** A project as the document describes it: its files, with the packed package beside the packages that it asks for. */
let project: string;

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'adopting-'));
  for (const [, path = '', content = ''] of document.matchAll(/```(?:ts|js)\n\/\/ (\S+)\n([\s\S]*?)```/g)) {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), content);
  }
  const packages = join(project, 'node_modules');
  mkdirSync(packages);
  for (const name of readdirSync(join(root, 'node_modules')))
    symlinkSync(join(root, 'node_modules', name), join(packages, name));
  node(root, 'tools/pack.mjs', '--built', project);
  mkdirSync(join(packages, 'spillway'));
  execFileSync('tar', [
    '-xzf',
    join(project, 'spillway-0.1.0.tgz'),
    '--strip-components=1',
    '-C',
    join(packages, 'spillway'),
  ]);
}, 120_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

test.each([
  ['CommonJS, as the template of cdktf has it', { module: 'commonjs', moduleResolution: 'node10' }],
  ["Node's own resolution", { module: 'node16', moduleResolution: 'node16' }],
])(
  'the example compiles: %s',
  (_, options) => {
    const compilerOptions = {
      ...options,
      target: 'es2022',
      strict: true,
      skipLibCheck: true,
      types: ['node'],
      outDir: 'out',
    };
    writeFileSync(
      join(project, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, include: ['main.ts', 'receipts'] }),
    );
    node(project, join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', '.');
  },
  60_000,
);

test('it synthesizes, with its own function, which runs', () => {
  node(project, 'build.mjs');
  node(project, 'out/main.js');
  const directory = join(project, 'cdktf.out', 'stacks', 'receipts');
  const { resource } = JSON.parse(readFileSync(join(directory, 'cdk.tf.json'), 'utf8'));
  const [mapping] = Object.values<Record<string, unknown>>(resource.aws_lambda_event_source_mapping);
  expect(mapping).toMatchObject({
    function_response_types: ['ReportBatchItemFailures'],
    scaling_config: { maximum_concurrency: 5 },
  });
  const index = unzipSync(readFileSync(join(project, 'dist', 'receipts.zip')))['index.js'];
  writeFileSync(join(project, 'index.js'), index as Uint8Array);
  expect(
    node(
      project,
      '-e',
      "process.env.MAIL_URL = 'x'; require('./index.js').handler({ Records: [] }).then((r) => console.log(JSON.stringify(r)))",
    ),
  ).toBe('{"batchItemFailures":[]}\n');
  const functions = Object.values<{ filename: string }>(resource.aws_lambda_function);
  for (const { filename } of functions)
    expect(readFileSync(join(directory, filename)).subarray(0, 2).toString()).toBe('PK');
}, 60_000);
