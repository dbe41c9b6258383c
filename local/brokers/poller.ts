import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import {
  type EventSourceMappingConfiguration,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Delivery, EventContext, Message } from 'rhea';
import type { ClientSettings } from '../deploy/resource-type';
import type { Broker } from './broker';
import { connectTo, cut } from './send';

/** Milliseconds between two looks at the mappings, and between two attempts to connect. */
const LOOK_MS = 500;

interface Delivered {
  readonly message: Message;
  readonly delivery: Delivery;
}

/**
 * Lambda's pollers of brokers, which the emulator hasn't: whatever mapping of a broker is enabled is fed. A function that answers has its batch acknowledged; one that fails is given the
 * same messages again, until the broker gives them up. Source: Lambda guide, "Using Lambda with Amazon MQ".
 */
export function startPollers(
  settings: ClientSettings,
  brokers: () => readonly Broker[],
  authority: string,
): { stop(): Promise<void> } {
  const lambda = new LambdaClient(settings);
  const secrets = new SecretsManagerClient(settings);
  const running = new Map<string, { readonly stopping: AbortController; readonly ended: Promise<void> }>();
  const stopping = new AbortController();
  const look = async () => {
    const wanted = new Map<string, () => void>();
    for (const broker of brokers()) {
      const EventSourceArn = broker.identity.brokerArn;
      const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({ EventSourceArn }));
      for (const mapping of EventSourceMappings) {
        if (mapping.State !== 'Enabled' || !mapping.UUID) continue;
        // One that is changed is another poller's.
        const { UUID, SourceAccessConfigurations, BatchSize } = mapping;
        const key = JSON.stringify([UUID, SourceAccessConfigurations, BatchSize]);
        wanted.set(key, () => {
          const own = new AbortController();
          const poller = new Poller(mapping, broker, authority, lambda, secrets, own.signal);
          running.set(key, { stopping: own, ended: poller.run() });
        });
      }
    }
    for (const [key, poller] of running) {
      if (wanted.has(key)) continue;
      poller.stopping.abort();
      await poller.ended;
      running.delete(key);
    }
    for (const [key, start] of wanted) if (!running.has(key)) start();
  };
  const ended = (async () => {
    while (!stopping.signal.aborted) {
      // An emulator that doesn't answer now is asked again.
      await look().catch(() => {});
      await sleep(LOOK_MS);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await ended;
      for (const poller of running.values()) poller.stopping.abort();
      await Promise.all([...running.values()].map((poller) => poller.ended));
      lambda.destroy();
      secrets.destroy();
    },
  };
}

/** What feeds one function from one queue. */
class Poller {
  constructor(
    private readonly mapping: EventSourceMappingConfiguration,
    private readonly broker: Broker,
    private readonly authority: string,
    private readonly lambda: LambdaClient,
    private readonly secrets: SecretsManagerClient,
    private readonly signal: AbortSignal,
  ) {}

  async run(): Promise<void> {
    while (!this.signal.aborted) {
      const { active } = this.broker;
      // Refused, or cut off in a failover: the next attempt reads the secret anew.
      if (active) await this.consume(active.amqpPort).catch(() => {});
      if (!this.signal.aborted) await sleep(LOOK_MS);
    }
  }

  private async consume(port: number): Promise<void> {
    const { BatchSize = 100, MaximumBatchingWindowInSeconds = 0, Queues = [] } = this.mapping;
    const connection = connectTo(port, await this.login(), this.authority);
    const waiting: Delivered[] = [];
    let lost = false;
    for (const event of ['disconnected', 'connection_error']) {
      connection.on(event, () => {
        lost = true;
      });
    }
    const receiver = connection.open_receiver({ source: Queues[0] ?? '', autoaccept: false, credit_window: 0 });
    receiver.on('receiver_error', () => {
      lost = true;
    });
    receiver.on('message', ({ message, delivery }: EventContext) => {
      if (message && delivery) waiting.push({ message, delivery });
    });
    receiver.once('receiver_open', () => receiver.add_credit(BatchSize));
    try {
      let since = 0;
      while (!lost && !this.signal.aborted) {
        await sleep(20);
        if (waiting.length === 0) continue;
        since ||= Date.now();
        if (waiting.length < BatchSize && Date.now() - since < MaximumBatchingWindowInSeconds * 1000) continue;
        since = 0;
        const batch = waiting.splice(0, BatchSize);
        const handled = await this.invoke(batch.map(({ message }) => message));
        if (lost) return;
        for (const { delivery } of batch) {
          if (handled) delivery.accept();
          else delivery.reject({ condition: 'spillway:failed', description: 'the function failed' });
        }
        // rhea 3.0.5 sends neighbours that are settled in one turn of the event loop with the outcome of the first.
        await turn();
        receiver.add_credit(batch.length);
      }
    } finally {
      cut(connection);
    }
  }

  private async login(): Promise<{ username: string; password: string }> {
    const { URI: SecretId } = this.mapping.SourceAccessConfigurations?.find(({ Type }) => Type === 'BASIC_AUTH') ?? {};
    const { SecretString = '{}' } = await this.secrets.send(new GetSecretValueCommand({ SecretId }));
    return JSON.parse(SecretString);
  }

  /** @returns whether the function has taken the batch */
  private async invoke(messages: readonly Message[]): Promise<boolean> {
    const { EventSourceArn: eventSourceArn, FunctionArn: FunctionName, Queues = [] } = this.mapping;
    const Payload = JSON.stringify({
      ...{ eventSource: 'aws:mq', eventSourceArn },
      messages: messages.map((message) => ({
        messageID: String(message.message_id),
        messageType: 'jms/text-message',
        deliveryMode: message.durable ? 1 : 0,
        redelivered: (message.delivery_count ?? 0) > 0,
        destination: { physicalName: Queues[0] },
        data: bytesOf(message).toString('base64'),
        ...(message.creation_time && { timestamp: Number(message.creation_time) }),
      })),
    });
    try {
      return !(await this.lambda.send(new InvokeCommand({ FunctionName, Payload }))).FunctionError;
    } catch {
      return false;
    }
  }
}

function bytesOf({ body }: Message): Buffer {
  if (typeof body === 'string') return Buffer.from(body);
  return Buffer.from(body?.content ?? body ?? '');
}
