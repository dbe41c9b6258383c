import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ratio, table, timeCommands } from './measure';

/** The way that CDKTF's own template begins: the provider's barrel, compiled and type-checked on the way by ts-node. */
const BARREL = `
import { App, TerraformStack, LocalBackend } from 'cdktf';
import { provider, sqsQueue } from '@cdktf/provider-aws';
const app = new App({ outdir: process.env.CDKTF_OUTDIR });
const stack = new TerraformStack(app, 'dev');
new provider.AwsProvider(stack, 'aws', { region: 'eu-central-1' });
new LocalBackend(stack, { path: 'state' });
new sqsQueue.SqsQueue(stack, 'orders', { name: 'orders' });
app.synth();
`;

/** How long it takes to synthesize dev, against loading cdktf alone and against the barrel under ts-node. */
export async function benchSynthesis(root: string): Promise<string> {
  const scratch = join(root, '.spillway', 'bench');
  mkdirSync(scratch, { recursive: true });
  const directory = mkdtempSync(join(scratch, 'synthesis-'));
  writeFileSync(join(directory, 'barrel.ts'), BARREL);
  const options = { module: 'commonjs', target: 'es2022', esModuleInterop: true, skipLibCheck: true, strict: true };
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions: options }));
  const environment = { SPILLWAY_ENVIRONMENTS: 'dev', CDKTF_OUTDIR: join(directory, 'out') };
  const node = process.execPath;
  const figures = timeCommands(
    {
      floor: { command: node, parameters: ['-e', "require('cdktf')"], cwd: root },
      dev: { command: node, parameters: [join(root, 'dist', 'main.js')], environment, cwd: root },
      all: {
        command: node,
        parameters: [join(root, 'dist', 'main.js')],
        environment: { CDKTF_OUTDIR: environment.CDKTF_OUTDIR },
        cwd: root,
      },
      build: { command: node, parameters: [join(root, 'tools', 'build.mjs')], cwd: root, runs: 3 },
      barrel: {
        command: node,
        parameters: [join(root, 'node_modules', 'ts-node', 'dist', 'bin.js'), 'barrel.ts'],
        environment,
        cwd: directory,
        runs: 2,
      },
    },
    7,
  );
  rmSync(directory, { recursive: true });
  const row = (name: keyof typeof figures, what: string, goal: string) => [
    what,
    `${Math.round(figures[name].ms)} ms`,
    ratio(figures[name].ms, figures.floor.ms),
    ratio(figures.barrel.ms, figures[name].ms),
    goal,
  ];
  return table(
    ['what', 'wall time (median)', 'of loading cdktf', 'faster than the barrel', 'goal'],
    [
      row('floor', '`node -e "require(\'cdktf\')"`, the baseline', ''),
      row('dev', '`node dist/main.js`, dev', '≤ 3 × the baseline, ≥ 15 × faster than the barrel'),
      row('all', '`node dist/main.js`, all environments', ''),
      row('build', '`npm run build`: the app and every function', ''),
      row('barrel', 'one queue, barrel import under ts-node', ''),
    ],
  );
}
