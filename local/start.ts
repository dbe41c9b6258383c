import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { parseOptions, USAGE } from './options';
import { startEnvironment } from './start-environment';
import { synthesizeLocal } from './synthesize';
import { watchSources } from './watch';
import { startWebServer } from './web/server';

/** Not `cdktf.out`, which belongs to `cdktf synth` and holds every environment. */
const SYNTHESIZED = join(__dirname, '..', '.spillway', 'synthesized');

const say = (message: string) => console.log(message);

/** `npm start`: the shop and its operations pages on this machine, until it is told to stop. */
async function main(): Promise<void> {
  const started = Date.now();
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') return say(USAGE);
  // The functions target Lambda's Node, not the one that these tools run on.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

  const stops: (() => Promise<void> | void)[] = [];
  const stop = async () => {
    while (stops.length > 0) await stops.pop()?.();
  };
  const stopped = untilSignal();
  try {
    await Promise.race([
      stopped,
      (async () => {
        await refuseTakenPort(options.port);
        say('Building the functions and synthesizing the local environment …');
        await synthesizeLocal(SYNTHESIZED);
        const settings = { stacks: ['local-*'], synthesized: SYNTHESIZED, endpoint: options.endpoint, onProgress: say };
        const environment = await startEnvironment(settings);
        stops.push(environment.stop);
        const web = await startWebServer(environment, { port: options.port });
        stops.push(web.stop);
        if (options.watch) {
          const watching = watchSources(() => redeploy(environment.deploy));
          stops.push(watching.stop);
        }
        say(`\nReady in ${((Date.now() - started) / 1000).toFixed(1)} s`);
        say(`  shop        ${web.url}/`);
        say(`  operations  ${web.url}/operations`);
        say(`  emulator    ${environment.endpoint}`);
        say(`  payment     ${environment.payment.url}`);
        say(`\n${options.watch ? 'Watching the sources. ' : ''}Ctrl-C stops everything.`);
        if (options.open) openBrowser(web.url);
        await stopped;
      })(),
    ]);
  } finally {
    await stop();
  }
}

/** A source with a mistake in it is told about, and what was deployed before goes on running. */
async function redeploy(deploy: () => Promise<void>): Promise<void> {
  const started = Date.now();
  try {
    await synthesizeLocal(SYNTHESIZED);
    await deploy();
    say(`Up to date again after ${((Date.now() - started) / 1000).toFixed(1)} s`);
  } catch (error) {
    console.error((error as Error).message);
  }
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}

/** Asked first: a taken port should be said before a person has waited for the rest. */
function refuseTakenPort(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', ({ code }: NodeJS.ErrnoException) => {
      const why = code === 'EADDRINUSE' ? 'is taken by another program' : `can't be used (${code})`;
      reject(new Error(`Port ${port} ${why}. Another one: npm start -- --port 4501`));
    });
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve()));
  });
}

function openBrowser(url: string): void {
  const { CI, DISPLAY, WAYLAND_DISPLAY } = process.env;
  const desktop = process.platform !== 'linux' || DISPLAY || WAYLAND_DISPLAY;
  if (CI || !process.stdout.isTTY || !desktop) return;
  const command = process.platform === 'darwin' ? 'open' : 'xdg-open';
  // No browser is no reason to stop: the address is printed.
  spawn(command, [url], { detached: true, stdio: 'ignore' })
    .on('error', () => {})
    .unref();
}

main().then(
  () => process.exit(),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
