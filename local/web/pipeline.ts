import { randomUUID } from 'node:crypto';
import { type AttributeValue, type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { type KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import type { PipelineSnapshot } from '../../web/wire';
import type { DeployedStack, EnrichmentService } from '../environment';
import type { Breakers } from './breaker';
import { RequestError } from './exchange';
import type { Queues } from './queues';

/** What somebody who visits the site looks at, one after the other. */
const PAGES = ['home', 'beans', 'espresso', 'basket', 'receipt'] as const;

/** What is read of the pipeline; the rest is known here. */
type Reading = Omit<PipelineSnapshot, 'put' | 'down'>;

interface Clickstream {
  readonly streamName: string;
  readonly visitsTable: string;
  readonly mainQueueUrl: string;
  readonly parkedQueueUrl: string;
  readonly repairQueueUrl: string;
  readonly mappingUuid: string;
  readonly breaker: { readonly tableName: string; readonly holdFunction: string };
}

function clickstreamOf(stacks: Iterable<DeployedStack>): Clickstream | undefined {
  for (const { outputs } of stacks) {
    const { stream_name: streamName, visits_table_name: visitsTable } = outputs;
    if (!streamName || !visitsTable) continue;
    return {
      streamName,
      visitsTable,
      mainQueueUrl: outputs.main_queue_url ?? '',
      parkedQueueUrl: outputs.parked_queue_url ?? '',
      repairQueueUrl: outputs.repair_queue_url ?? '',
      mappingUuid: outputs.event_source_mapping_uuid ?? '',
      breaker: {
        tableName: outputs.breaker_table_name ?? '',
        holdFunction: outputs.breaker_hold_function_name ?? '',
      },
    };
  }
  return undefined;
}

/** The clickstream as the operations page sees it: clicks are put on its stream, and what became of them is read. */
export class Pipeline {
  private put = 0;
  private visits = 0;
  private known: Reading | undefined;
  private pending: Promise<void> | undefined;

  constructor(
    private readonly stacks: () => Iterable<DeployedStack>,
    private readonly enrichment: EnrichmentService | undefined,
    private readonly kinesis: Pick<KinesisClient, 'send'>,
    private readonly dynamodb: DynamoDBClient,
    private readonly queues: Pick<Queues, 'depth'>,
    private readonly breakers: Pick<Breakers, 'snapshot'>,
  ) {}

  get exists(): boolean {
    return this.enrichment !== undefined && clickstreamOf(this.stacks()) !== undefined;
  }

  /** Visits that click at the same time, through all pages. @returns how many clicks that were */
  async visit(count: number): Promise<number> {
    const visits = Array.from({ length: count }, () => {
      this.visits += 1;
      return `visit-${this.visits}-${randomUUID().slice(0, 8)}`;
    });
    const clicks = PAGES.flatMap((page, place) =>
      visits.map((visit) => ({
        visit,
        data: { clickId: `${visit}/${place}`, visit, page, clickedAt: new Date().toISOString() },
      })),
    );
    await this.send(clicks.map(({ visit, data }) => [visit, JSON.stringify(data)]));
    return clicks.length;
  }

  /** A record that is no click: nothing can make it right but a person. */
  putBroken(): Promise<void> {
    return this.send([['broken', 'no click']]);
  }

  setDown(down: boolean): void {
    this.enrichment?.setDown(down);
  }

  /** What was read last. Never throws, and waits for nothing: a reading that hangs is waited for by the next one. */
  snapshot(): PipelineSnapshot | undefined {
    const clickstream = clickstreamOf(this.stacks());
    if (!clickstream || !this.enrichment) return undefined;
    this.pending ??= this.read(clickstream)
      .then(
        (reading) => {
          this.known = reading;
        },
        () => {},
      )
      .finally(() => {
        this.pending = undefined;
      });
    return this.known && { ...this.known, put: this.put, down: this.enrichment.isDown() };
  }

  private async read({
    visitsTable,
    mainQueueUrl,
    parkedQueueUrl,
    repairQueueUrl,
    ...lane
  }: Clickstream): Promise<Reading> {
    const held = async (url: string) => {
      const { waiting, inFlight } = await this.queues.depth(url);
      return waiting + inFlight;
    };
    const [waiting, parked, repair, visits, { breakers = [], receiving = true }] = await Promise.all([
      held(mainQueueUrl),
      held(parkedQueueUrl),
      held(repairQueueUrl),
      this.paths(visitsTable),
      this.breakers.snapshot(lane),
    ]);
    const done = visits.reduce((sum, path) => sum + path.length, 0);
    const inOrder = visits.every((path) => path.every((page, place) => page === PAGES[place]));
    const [breaker] = breakers;
    return { waiting, parked, repair, done, visits: visits.length, inOrder, receiving, ...(breaker && { breaker }) };
  }

  /** The pages of every visit, in the order in which they were written down. */
  private async paths(TableName: string): Promise<string[][]> {
    const found: string[][] = [];
    for await (const { Items = [] } of paginateScan({ client: this.dynamodb }, { TableName })) {
      const pages = ({ steps }: Record<string, AttributeValue>) => (steps?.L ?? []).map(({ M }) => M?.page?.S ?? '');
      found.push(...Items.map(pages));
    }
    return found;
  }

  /** @throws RequestError */
  private async send(records: readonly (readonly [key: string, text: string])[]): Promise<void> {
    const clickstream = clickstreamOf(this.stacks());
    if (!clickstream) throw new RequestError(404, 'There is no clickstream here.');
    const Records = records.map(([PartitionKey, text]) => ({ PartitionKey, Data: Buffer.from(text) }));
    const { FailedRecordCount = 0 } = await this.kinesis.send(
      new PutRecordsCommand({ StreamName: clickstream.streamName, Records }),
    );
    this.put += records.length - FailedRecordCount;
    if (FailedRecordCount > 0) throw new RequestError(502, `The stream refused ${FailedRecordCount} records.`);
  }
}
