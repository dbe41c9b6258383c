import { join } from 'node:path';
import { startBrokers } from './brokers/brokers';
import { Deployer, settings } from './deploy/deployer';
import { readStacks } from './deploy/synthesized';
import { type Emulator, startEmulator } from './emulator/emulator';
import { foreignEmulator } from './emulator/foreign-emulator';
import { startEnrichmentServer } from './enrichment/enrichment-server';
import type { StartedEnvironment, StartOptions } from './environment';
import { startIssuer } from './issuer/issuer';
import { startPaymentServer } from './payment/payment-server';

const SYNTHESIZED = join(__dirname, '..', 'cdktf.out');

/** Starts the emulator and what the stacks depend on (payment, enrichment), and deploys the synthesized stacks to it. Nothing is left running when it fails. */
export async function startEnvironment(options: StartOptions): Promise<StartedEnvironment> {
  const { stacks: patterns, synthesized = SYNTHESIZED, endpoint, emulatorPort: port, variables } = options;
  const { onProgress = () => {} } = options;
  // Read first: without anything synthesized there is nothing to start.
  readStacks(synthesized, patterns);
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    while (stops.length > 0) await stops.pop()?.();
  };
  // The functions target Lambda's Node; which one these tools run on is no concern of theirs. The SDK's own way to say so: aws-sdk-js-v3, issue 7983.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  try {
    const payment = await startPaymentServer();
    stops.push(payment.stop);
    const enrichment = await startEnrichmentServer();
    stops.push(enrichment.stop);
    const issuer = await startIssuer();
    stops.push(issuer.stop);
    const brokers = options.brokers ? await startBrokers(onProgress, options.signal) : undefined;
    if (brokers) stops.push(brokers.stop);
    const emulator: Emulator = endpoint
      ? await foreignEmulator(endpoint, onProgress)
      : await startEmulator({ port, amazonMq: brokers });
    stops.push(emulator.stop);
    if (brokers) stops.push(brokers.serve(settings(emulator.endpoint, 'us-east-1')));
    onProgress(`${endpoint ? 'Using' : 'Started'} the emulator at ${emulator.endpoint}`);

    const deployer = new Deployer(emulator.endpoint, {
      payment_url: payment.url,
      enrichment_url: enrichment.url,
      desk_issuer: issuer.url,
      ...brokers?.variables,
      ...variables,
    });
    stops.push(async () => deployer.close());
    const deploy = async () => {
      const { created, updated, deleted, unchanged } = await deployer.deploy(
        readStacks(synthesized, patterns),
        patterns,
      );
      onProgress(
        `Deployed ${deployer.stacks.size} stacks: ${created} created, ${updated} updated, ${deleted} deleted, ${unchanged} unchanged`,
      );
    };
    await deploy();
    const { invocations, running, ended } = emulator;
    return {
      endpoint: emulator.endpoint,
      payment,
      enrichment,
      issuer,
      brokersUrl: brokers?.url,
      stacks: deployer.stacks,
      invocations,
      running,
      deploy,
      stop,
      ended,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
