import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetEventSourceMappingCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { BreakerRequest } from '../../functions/operations/circuit-breaker/hold/contract';
import { DynamoDbStore } from '../../functions/runtime/breaker/dynamodb-store';
import { type BreakerRecord, holdInForce } from '../../functions/runtime/breaker/state';
import type { BreakerSnapshot, HoldRequest, LaneSnapshot } from '../../web/wire';
import { invoke } from './invoke';
import type { Lane } from './lanes';

const STATUS: BreakerRequest = { operation: 'breaker-status' };

/** The circuit breakers of a lane: read from its table, changed through its hold function alone. */
export class Breakers {
  /** Hold function → the dependencies that it keeps breakers for. */
  private readonly dependencies = new Map<string, readonly string[]>();

  constructor(
    private readonly dynamodb: DynamoDBClient,
    private readonly lambda: LambdaClient,
    private readonly now: () => number = Date.now,
  ) {}

  async snapshot({
    breaker,
    mappingUuid,
  }: Pick<Lane, 'breaker' | 'mappingUuid'>): Promise<Pick<LaneSnapshot, 'breakers' | 'receiving'>> {
    if (!breaker) return {};
    const store = new DynamoDbStore(this.dynamodb, breaker.tableName);
    const dependencies = await this.dependenciesOf(breaker.holdFunction);
    const [records, receiving] = await Promise.all([
      Promise.all(dependencies.map((dependency) => store.read(dependency))),
      mappingUuid ? this.receiving(mappingUuid) : undefined,
    ]);
    const breakers = records.map((record) => this.describe(record));
    return { breakers, ...(receiving !== undefined && { receiving }) };
  }

  async hold(holdFunction: string, request: HoldRequest): Promise<void> {
    const { dependency, who, why } = request;
    const person = { dependency, who, why };
    // The page shows the hold that is in force above the buttons: whoever sets another one has seen it.
    const asked: BreakerRequest =
      request.kind === 'release'
        ? { operation: 'breaker-lift', ...person }
        : { operation: 'breaker-hold', ...person, hold: request.kind, until: request.until, replace: true };
    await invoke(this.lambda, holdFunction, asked);
  }

  private describe(record: BreakerRecord): BreakerSnapshot {
    const { dependency, state, since, evidence, retryAt } = record;
    const hold = holdInForce(record, this.now());
    return { dependency, state, since, evidence, ...(state === 'open' && { retryAt }), ...(hold && { hold }) };
  }

  private async dependenciesOf(holdFunction: string): Promise<readonly string[]> {
    const known = this.dependencies.get(holdFunction);
    if (known) return known;
    const records = await invoke<readonly BreakerRecord[]>(this.lambda, holdFunction, STATUS);
    const names = records.map(({ dependency }) => dependency);
    this.dependencies.set(holdFunction, names);
    return names;
  }

  private async receiving(UUID: string): Promise<boolean> {
    const { State } = await this.lambda.send(new GetEventSourceMappingCommand({ UUID }));
    return State === 'Enabled' || State === 'Enabling';
  }
}
