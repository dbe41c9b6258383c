import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Welcome } from '../../web/wire';
import type { LocalEnvironment } from '../environment';
import { Breakers } from './breaker';
import { RequestError } from './exchange';
import { Journal } from './journal';
import { describe, type Lane, lanesOf } from './lanes';
import { Pipeline } from './pipeline';
import { Queues } from './queues';
import { Sagas } from './sagas';
import { Sampler } from './sampler';

/** One a second: fast enough to watch, slow enough for a laptop. */
const SAMPLE_EVERY_MS = 1_000;

/** The running shop as the pages see it: its lanes, the clients that ask the emulator, the journal of snapshots. */
export class Shop {
  readonly queues: Queues;
  readonly lambda: LambdaClient;
  readonly breakers: Breakers;
  readonly sagas: Sagas;
  readonly sampler: Sampler;
  readonly pipeline: Pipeline;
  private readonly startedAt = Date.now();
  readonly journal = new Journal(this.startedAt);
  private running: Promise<void> | undefined;
  private readonly stopping = new AbortController();

  constructor(readonly environment: LocalEnvironment) {
    const client = {
      endpoint: environment.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    };
    this.queues = new Queues(new SQSClient({ ...client, useQueueUrlAsEndpoint: false }));
    this.lambda = new LambdaClient({ ...client, maxAttempts: 1 });
    const dynamodb = new DynamoDBClient(client);
    this.breakers = new Breakers(dynamodb, this.lambda);
    this.sagas = new Sagas(new SFNClient(client));
    this.sampler = new Sampler(environment, this.queues, (lane) => this.breakers.snapshot(lane));
    this.pipeline = new Pipeline(
      () => environment.stacks.values(),
      environment.enrichment,
      new KinesisClient(client),
      dynamodb,
      this.queues,
      this.breakers,
    );
  }

  /** Read anew each time: a changed stack is deployed again while the pages are open. */
  lanes(): Lane[] {
    return lanesOf(this.environment.stacks.values());
  }

  lane(name: string | undefined): Lane {
    const lane = this.lanes().find((candidate) => candidate.name === name);
    if (!lane) throw new RequestError(404, `There is no lane "${name}".`);
    return lane;
  }

  sagaMachine(name: string | undefined): string {
    const { sagaMachine } = this.lane(name);
    if (!sagaMachine) throw new RequestError(404, `The lane "${name}" has no saga.`);
    return sagaMachine;
  }

  welcome(): Welcome {
    return { run: this.startedAt, ...describe(this.lanes()), pipeline: this.pipeline.exists };
  }

  start(): void {
    this.running = this.sampling();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async sampling(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const began = Date.now();
      const lanes = this.lanes().filter(({ consumerFunction }) => consumerFunction !== undefined);
      const pipeline = this.pipeline.snapshot();
      this.journal.add({ ...(await this.sampler.sample(lanes)), ...(pipeline && { pipeline }) });
      await pause(Math.max(100, SAMPLE_EVERY_MS - (Date.now() - began)), this.stopping.signal);
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
}
