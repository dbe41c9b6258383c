import { randomBytes } from 'node:crypto';
import type { ClientSettings } from '../deploy/resource-type';
import { startAmazonMq } from './amazon-mq';
import { startMetrics } from './metrics';
import { startPollers } from './poller';

/** Brokers on this machine, for stacks that have some. */
export interface Brokers {
  readonly url: string;
  readonly authorityPath: string;
  /** The passwords that their stacks ask for, made for this run. */
  readonly variables: Readonly<Record<string, string>>;
  /** Feeds functions from them, and CloudWatch. @returns how that is ended */
  serve(settings: ClientSettings): () => Promise<void>;
  stop(): Promise<void>;
}

/** @param signal ends what is still being fetched @throws with what to install, when something is missing */
export async function startBrokers(onProgress: (message: string) => void, signal?: AbortSignal): Promise<Brokers> {
  const { url, certificate, brokers, stop } = await startAmazonMq(onProgress, signal);
  const password = () => randomBytes(16).toString('hex');
  return {
    ...{ url, stop, authorityPath: certificate.authorityPath },
    variables: { broker_orders_password: password(), broker_network_password: password() },
    serve: (settings) => {
      const pollers = startPollers(settings, brokers, certificate.authority);
      const metrics = startMetrics(settings, brokers);
      return async () => {
        metrics.stop();
        await pollers.stop();
      };
    },
  };
}
