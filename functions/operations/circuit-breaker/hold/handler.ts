import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbStore } from '../../../runtime/breaker/dynamodb-store';
import { readDependencies } from '../../../runtime/breaker/settings';
import type { BreakerRecord } from '../../../runtime/breaker/state';
import { change } from '../../../runtime/breaker/store';
import type { BreakerEvent } from '../../../runtime/breaker/transition';
import { readEnvironment } from '../../../runtime/contract';
import { patience } from '../../../runtime/patience';
import { readRequest } from '../../../runtime/request';
import { hold, holdRequest, LONGEST_HOLD_HOURS } from './contract';
import { deletedFrom } from './expiry';

const environment = readEnvironment(hold);
const logger = new Logger();
const dependencies = readDependencies(environment.BREAKER_DEPENDENCIES);
const store = new DynamoDbStore(new DynamoDBClient(patience()), environment.BREAKER_TABLE);

/** A hold that outlives the messages which wait for its end would lose them in silence. */
async function refuseToOutlive(dependency: string, until: number, now: number): Promise<void> {
  const retention = environment.MAIN_RETENTION_SECONDS;
  if (!retention) return;
  const from = deletedFrom(await store.read(dependency), until, Number(retention), now);
  if (from === undefined) return;
  throw new Error(
    `until: SQS keeps what waits in the main queue for ${Number(retention)} s, and would delete the first of it from ${new Date(from).toISOString()} on. Hold until then at the latest, raise the queue's messageRetention, or let messages wait in parked (park: "queue")`,
  );
}

const ALLOWED =
  '{"operation": "breaker-hold", "dependency", "hold": "open" or "closed", "who", "why", "until": ISO 8601, "replace": boolean}, {"operation": "breaker-lift", "dependency", "who", "why"}, or {"operation": "breaker-status"}';

/** People hold a breaker open or closed, lift a hold, or ask how things stand. Everything else follows from what is written here. */
export const handler = async (event: unknown): Promise<readonly BreakerRecord[]> => {
  const request = readRequest(holdRequest, event, "the circuit breaker's hold function", ALLOWED);
  if (request.operation === 'breaker-status')
    return Promise.all(Object.keys(dependencies).map((name) => store.read(name)));
  const { dependency, who, why } = request;
  const settings = dependencies[dependency];
  if (!settings) throw new Error(`no dependency "${dependency}"; there is: ${Object.keys(dependencies).join(', ')}`);
  const now = Date.now();
  let asked: BreakerEvent = { kind: 'lift-hold', who, why };
  if (request.operation === 'breaker-hold') {
    const until = Date.parse(request.until);
    if (until > now + LONGEST_HOLD_HOURS * 3_600_000)
      throw new Error(`until: at most ${LONGEST_HOLD_HOURS} hours ahead`);
    if (request.hold === 'open') await refuseToOutlive(dependency, until, now);
    asked = { kind: 'hold', hold: { kind: request.hold, who, why, until }, replace: request.replace ?? false };
  }
  const done = await change(store, dependency, asked, now, settings);
  if (!done.changed) throw new Error(`${dependency}: ${done.reason}`);
  logger.warn(`${dependency}: ${'hold' in request ? `held ${request.hold}` : 'hold lifted'}`, { ...done.record });
  return [done.record];
};
