import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetEventSourceMappingCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { DynamoDbStore } from '../../functions/circuit-breaker/dynamodb-store';
import { type BreakerRecord, holdInForce } from '../../functions/domain/breaker/state';
import type { BreakerSnapshot, HoldRequest } from '../../web/wire';
import { invoke } from './invoke';
import type { Lane } from './lanes';

/** The circuit breaker of a lane: read from its table, changed through its hold function alone. */
export class Breakers {
  /** Hold function → the dependency that it keeps a breaker for. */
  private readonly dependencies = new Map<string, string>();

  constructor(
    private readonly dynamodb: DynamoDBClient,
    private readonly lambda: LambdaClient,
    private readonly now: () => number = Date.now,
  ) {}

  async snapshot({ breaker, mappingUuid }: Lane): Promise<BreakerSnapshot | undefined> {
    if (!breaker) return undefined;
    const dependency = await this.dependency(breaker.holdFunction);
    const [record, receiving] = await Promise.all([
      new DynamoDbStore(this.dynamodb, breaker.tableName).read(dependency),
      mappingUuid ? this.receiving(mappingUuid) : undefined,
    ]);
    const { state, since, evidence, retryAt } = record;
    const hold = holdInForce(record, this.now());
    return {
      dependency,
      state,
      since,
      evidence,
      ...(state === 'open' && { retryAt }),
      ...(hold && { hold }),
      ...(receiving !== undefined && { receiving }),
    };
  }

  async hold(holdFunction: string, request: HoldRequest): Promise<void> {
    const { kind, ...person } = request;
    const dependency = await this.dependency(holdFunction);
    const asked = kind === 'release' ? { ...person, lift: true } : { ...person, hold: kind };
    await invoke(this.lambda, holdFunction, { dependency, ...asked });
  }

  private async dependency(holdFunction: string): Promise<string> {
    const known = this.dependencies.get(holdFunction);
    if (known) return known;
    const [first] = await invoke<readonly BreakerRecord[]>(this.lambda, holdFunction, {});
    if (!first) throw new Error(`${holdFunction} keeps a breaker for no dependency`);
    this.dependencies.set(holdFunction, first.dependency);
    return first.dependency;
  }

  private async receiving(UUID: string): Promise<boolean> {
    const { State } = await this.lambda.send(new GetEventSourceMappingCommand({ UUID }));
    return State === 'Enabled' || State === 'Enabling';
  }
}
