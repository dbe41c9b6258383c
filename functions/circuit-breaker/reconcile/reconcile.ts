import { type BreakerRecord, executionName, recovering } from '../../domain/breaker/state';
import type { RedriveSurroundings } from '../../redrive/reconcile';
import type { DependencySettings } from '../contract';
import { type BreakerStore, change } from '../store';
import { desiredMapping, type MappingSetting } from './desired';

export interface Mapping {
  /** `enabled` is unknown while Lambda is busy with a change. */
  read(): Promise<Pick<MappingSetting, 'maximumConcurrency'> & { readonly enabled: boolean | undefined }>;
  /** Waits while Lambda is still busy with an earlier change. */
  update(setting: MappingSetting): Promise<void>;
}

/** The executions that recover, by name: `start` of a name that was used before starts nothing. */
export interface Recoveries {
  /** @returns how it stands with the execution of this name after asking for it */
  start(name: string, input: object): Promise<'running' | 'ended'>;
}

export interface Alarm {
  readonly ringing: boolean;
  /** When it began to, milliseconds since 1970. */
  readonly since: number;
  readonly reason: string;
}

/** Everything outside that a reconciliation touches. */
export interface ReconcileSurroundings {
  readonly store: BreakerStore;
  readonly dependencies: Readonly<Record<string, DependencySettings>>;
  readonly fullConcurrency: number | undefined;
  readonly mapping: Mapping;
  /** The mapping that parks messages while a dependency is out. */
  readonly parkMapping: Mapping | undefined;
  readonly recoveries: Recoveries;
  readonly moves: Pick<RedriveSurroundings, 'parked' | 'runningMove' | 'cancel'>;
  alarm(name: string): Promise<Alarm>;
  now(): number;
}

/** Times that the mapping is set again because the state changed meanwhile; the next run, a minute later at most, goes on. */
const ROUNDS = 5;

/**
 * Makes the world as the table says: run by every state change, every alarm and every minute, whatever the event was, because events come
 * late, twice and out of order. Each part repairs what a death half-way left behind.
 */
export async function reconcileBreaker(around: ReconcileSurroundings): Promise<readonly BreakerRecord[]> {
  for (const dependency of Object.keys(around.dependencies)) {
    await tick(dependency, around);
    await heedAlarm(dependency, around);
  }
  let records = await switchMappings(around);
  if (records.some(({ state }) => state === 'open')) await stopRelease(around);
  else records = await sweep(records, around);
  for (const record of records) if (recovering(record)) await ensureRecovery(record, around);
  return records;
}

const settingsOf = ({ dependencies }: ReconcileSurroundings, dependency: string) =>
  dependencies[dependency] as DependencySettings;

const readAll = ({ store, dependencies }: ReconcileSurroundings) =>
  Promise.all(Object.keys(dependencies).map((dependency) => store.read(dependency)));

async function tick(dependency: string, around: ReconcileSurroundings): Promise<void> {
  await change(around.store, dependency, { kind: 'tick' }, around.now(), settingsOf(around, dependency));
}

/** An alarm counts by how it stands now, and only if it began in this state: one that still rings from the last outage is no evidence of a new one. */
async function heedAlarm(dependency: string, around: ReconcileSurroundings): Promise<void> {
  const settings = settingsOf(around, dependency);
  if (!settings.alarmName) return;
  const record = await around.store.read(dependency);
  if (record.state === 'open') return;
  const { ringing, since, reason } = await around.alarm(settings.alarmName);
  if (!ringing || since <= record.since) return;
  const evidence = `alarm ${settings.alarmName}: ${reason}`;
  await change(around.store, dependency, { kind: 'trip', term: record.term, evidence }, around.now(), settings);
}

/** Sets the mappings, and looks again: a state that changed meanwhile would otherwise stand against the mapping until the next run. */
async function switchMappings(around: ReconcileSurroundings): Promise<readonly BreakerRecord[]> {
  const { mapping, parkMapping, dependencies, fullConcurrency } = around;
  let records = await readAll(around);
  for (let round = 0; round < ROUNDS; round += 1) {
    const desired = desiredMapping(records, dependencies, fullConcurrency);
    await set(mapping, desired);
    if (parkMapping) {
      const { maximumConcurrency } = await parkMapping.read();
      await set(parkMapping, { enabled: !desired.enabled, maximumConcurrency });
    }
    const seen = records;
    records = await readAll(around);
    if (records.every(({ version }, index) => version === seen[index]?.version)) break;
  }
  return records;
}

async function set(mapping: Mapping, desired: MappingSetting): Promise<void> {
  const { enabled, maximumConcurrency } = await mapping.read();
  if (enabled !== desired.enabled || maximumConcurrency !== desired.maximumConcurrency) await mapping.update(desired);
}

async function stopRelease({ moves }: ReconcileSurroundings): Promise<void> {
  const running = await moves.runningMove();
  if (running) await moves.cancel(running.taskHandle);
}

/** Messages that reached parked after the last release, late ones of an outage among them, are released by a recovery of their own. */
async function sweep(
  records: readonly BreakerRecord[],
  around: ReconcileSurroundings,
): Promise<readonly BreakerRecord[]> {
  const first = records[0];
  if (!first || records.some((record) => recovering(record)) || (await around.moves.parked()) === 0) return records;
  const event = { kind: 'sweep', version: first.version } as const;
  const settings = settingsOf(around, first.dependency);
  const { record } = await change(around.store, first.dependency, event, around.now(), settings);
  return [record, ...records.slice(1)];
}

async function ensureRecovery(record: BreakerRecord, around: ReconcileSurroundings): Promise<void> {
  const { dependency, version } = record;
  const settings = settingsOf(around, dependency);
  if ((await startRecovery(record, settings, around)) === 'running') return;
  // It ended before its work was done: aborted, failed too often, or its name is from a table that was there before this one.
  const { changed, record: next } = await change(
    around.store,
    dependency,
    { kind: 'hand-over', version },
    around.now(),
    settings,
  );
  if (changed) await startRecovery(next, settings, around);
}

function startRecovery(
  record: BreakerRecord,
  { canaryFunction }: DependencySettings,
  { recoveries }: ReconcileSurroundings,
): Promise<'running' | 'ended'> {
  const { dependency, epoch, run } = record;
  return recoveries.start(executionName(record), { dependency, epoch, run, canaryFunction });
}
