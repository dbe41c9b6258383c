import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { missing } from './brokers/install';
import { brokerCommands, runbookCommands } from './commands';
import { startEmulator } from './emulator/emulator';
import { startEnrichmentServer } from './enrichment/enrichment-server';
import { type Options, parseOptions, TERRAFORM_PORTS, USAGE } from './options';
import { startPaymentServer } from './payment/payment-server';
import { startEnvironment } from './start-environment';
import { synthesizeLocal } from './synthesize';
import { watchSources } from './watch';
import { startWebServer } from './web/server';

/** Not `cdktf.out`, which belongs to `cdktf synth` and holds every environment. */
const SYNTHESIZED = join(__dirname, '..', '.spillway', 'synthesized');

const say = (message: string) => console.log(message);

/** What runs: how it is stopped, and an error when it ends by itself. */
interface Running {
  /** In the order in which it was started. */
  readonly stops: (() => Promise<void> | void)[];
  readonly ended: Promise<Error>;
}

/** Milliseconds that everything together may take to end. */
const PATIENCE_MS = 30_000;

/** `npm start`: the shop and its operations pages on this machine, until it is told to stop. */
async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') return say(USAGE);
  const stopping = new AbortController();
  const stopped = untilSignal().then(() => stopping.abort());
  const starting = options.emulatorOnly ? startEmulatorOnly(options) : startShop(options, stopping.signal);
  // What is still being started when the signal comes ends with this process.
  const running = await Promise.race([stopped, starting]);
  if (!running) return;
  const error = await Promise.race([stopped, running.ended]);
  setTimeout(() => {
    console.error(`Something did not end within ${PATIENCE_MS / 1000} s and is left to itself.`);
    process.exit(1);
  }, PATIENCE_MS).unref();
  for (const stop of running.stops.reverse()) await stop();
  if (error) throw error;
}

async function startShop(options: Options, stopping: AbortSignal): Promise<Running> {
  const { port, emulatorPort, endpoint } = options;
  const started = Date.now();
  await refuseTakenPort(port, another('port', port));
  await refuseTakenPort(emulatorPort, another('emulator-port', emulatorPort));
  const problem = options.brokers && missing();
  if (problem) throw new Error(problem);
  say('Building the functions and synthesizing the local environment …');
  const environments = options.brokers ? ['local', 'mq'] : ['local'];
  await synthesizeLocal(SYNTHESIZED, environments, stopping);
  const environment = await startEnvironment({
    stacks: environments.map((name) => `${name}-*`),
    synthesized: SYNTHESIZED,
    brokers: options.brokers,
    ...{ endpoint, emulatorPort, onProgress: say, signal: stopping },
  });
  const web = await startWebServer(environment, { port });
  const stops: Running['stops'] = [environment.stop, web.stop];
  if (options.watch) stops.push(watchSources(() => redeploy(environments, environment.deploy, stopping)).stop);
  say(`\nReady in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  say(`  shop        ${web.url}/`);
  say(`  operations  ${web.url}/operations`);
  say(`  desk        ${web.url}/desk`);
  say(`  emulator    ${environment.endpoint}`);
  say(`  payment     ${environment.payment.url}`);
  say(`  enrichment  ${environment.enrichment.url}`);
  if (environment.brokersUrl) for (const line of brokerCommands(environment.brokersUrl)) say(line);
  say('\nFor the runbooks, in another terminal:');
  for (const line of runbookCommands(environment.stacks.values(), environment.endpoint)) say(`  ${line}`);
  say(`\n${options.watch ? 'Watching the sources. ' : ''}Ctrl-C stops everything.`);
  if (options.open) openBrowser(web.url);
  return { stops, ended: environment.ended };
}

/** For Terraform to deploy to: it has a state of its own, so nothing may be there before it comes. */
async function startEmulatorOnly({ emulatorPort }: Options): Promise<Running> {
  const { payment: paymentPort, enrichment: enrichmentPort } = TERRAFORM_PORTS;
  await refuseTakenPort(emulatorPort, another('emulator-port', emulatorPort));
  await refuseTakenPort(paymentPort, 'The stacks look for the payment system there.');
  await refuseTakenPort(enrichmentPort, 'The stacks look for the enrichment service there.');
  const payment = await startPaymentServer({ port: paymentPort });
  const enrichment = await startEnrichmentServer({ port: enrichmentPort });
  const emulator = await startEmulator({ port: emulatorPort });
  say(`  emulator    ${emulator.endpoint}`);
  say(`  payment     ${payment.url}`);
  say(`  enrichment  ${enrichment.url}`);
  say('\nIt is empty, and forgets everything when it stops. Ctrl-C stops it.');
  return { stops: [payment.stop, enrichment.stop, emulator.stop], ended: emulator.ended };
}

/** A source with a mistake in it is told about, and what was deployed before goes on running. */
async function redeploy(
  environments: readonly string[],
  deploy: () => Promise<void>,
  stopping: AbortSignal,
): Promise<void> {
  const started = Date.now();
  try {
    await synthesizeLocal(SYNTHESIZED, environments, stopping);
    await deploy();
    say(`Up to date again after ${((Date.now() - started) / 1000).toFixed(1)} s`);
  } catch (error) {
    if (!stopping.aborted) console.error((error as Error).message);
  }
}

/** The first signal counts. Those after it end nothing at once: npm passes on a Ctrl-C that has come here too, and what is being stopped would be left behind. */
function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
}

const another = (option: string, port: number) => `Another one: npm start -- --${option} ${port + 1}`;

/** Asked first: a taken port should be said before a person has waited for the rest. */
function refuseTakenPort(port: number, remedy: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', ({ code }: NodeJS.ErrnoException) => {
      const why = code === 'EADDRINUSE' ? 'is taken by another program' : `can't be used (${code})`;
      reject(new Error(`Port ${port} ${why}. ${remedy}`));
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
