import type { DependencySettings } from '../../../runtime/breaker/settings';
import { type BreakerRecord, executionName, recovering } from '../../../runtime/breaker/state';
import { type BreakerStore, change } from '../../../runtime/breaker/store';
import type { MoveTasks } from '../../move-tasks';
import type { Alarm } from '../alarm';
import { stopRelease } from '../stop-release';
import { desiredIntake, desiredMapping, type MappingSetting } from './desired';

export interface Mapping {
  /** `enabled` is unknown while Lambda is busy with a change. */
  read(): Promise<Pick<MappingSetting, 'maximumConcurrency'> & { readonly enabled: boolean | undefined }>;
  /** Waits while Lambda is still busy with an earlier change. */
  update(setting: MappingSetting): Promise<void>;
}

/** Something that brings messages in beside the consumer's own mapping, and that can be switched off. */
export interface Intake {
  /** Unknown while AWS is busy with a change, or has failed at one: then it is switched again. */
  isOn(): Promise<boolean | undefined>;
  /** Waits while AWS is busy with an earlier change. */
  switch(on: boolean): Promise<void>;
}

/** The executions that recover, by name: `start` of a name that was used before starts nothing. */
export interface Recoveries {
  /** @returns how it stands with the execution of this name after asking for it */
  start(name: string, input: object): Promise<'running' | 'ended'>;
}

/** Everything outside that a reconciliation touches. */
export interface ReconcileSurroundings {
  readonly store: BreakerStore;
  readonly dependencies: Readonly<Record<string, DependencySettings>>;
  readonly fullConcurrency: number | undefined;
  readonly mapping: Mapping;
  /** The mapping that parks messages while a dependency is out. */
  readonly parkMapping: Mapping | undefined;
  /** What brings messages in beside the consumer's mapping. */
  readonly intakes: readonly Intake[];
  readonly recoveries: Recoveries;
  readonly moves: Pick<MoveTasks, 'parked' | 'runningMove' | 'cancel'>;
  /** Sweeps in a row that may leave something in parked. */
  readonly sweeps: number;
  alarm(name: string): Promise<Alarm>;
  now(): number;
}

export interface Reconciled {
  /** How the dependencies stand. */
  readonly records: readonly BreakerRecord[];
  /** What could not be done, while everything else was. */
  readonly failures: readonly unknown[];
}

/** Times that the mapping is set again because the state changed meanwhile; the next run, a minute later at most, goes on. */
const ROUNDS = 5;

/**
 * Makes the world as the table says: run by every state change, every alarm and every minute, whatever the event was, because events come
 * late, twice and out of order. Each part repairs what a death half-way left behind, and one that fails keeps no other from its work.
 *
 * @throws when the table can't be read, because then nothing is known
 */
export async function reconcileBreaker(around: ReconcileSurroundings): Promise<Reconciled> {
  const failures: unknown[] = [];
  const attempt: Attempt = async (part) => {
    try {
      await part();
    } catch (error) {
      failures.push(error);
    }
  };
  for (const dependency of Object.keys(around.dependencies)) {
    await attempt(() => tick(dependency, around));
    await attempt(() => heedAlarm(dependency, around));
  }
  let records = await switchMappings(around, attempt);
  const open = records.filter(({ state }) => state === 'open').map(({ since }) => since);
  if (open.length > 0) await attempt(() => stopRelease(around.moves, Math.min(...open)));
  else
    await attempt(async () => {
      records = await sweep(records, around);
    });
  for (const record of records) if (recovering(record)) await attempt(() => ensureRecovery(record, around));
  return { records, failures };
}

type Attempt = (part: () => Promise<unknown>) => Promise<void>;

const settingsOf = ({ dependencies }: ReconcileSurroundings, dependency: string) =>
  dependencies[dependency] as DependencySettings;

const readAll = ({ store, dependencies }: ReconcileSurroundings) =>
  Promise.all(Object.keys(dependencies).map((dependency) => store.read(dependency)));

async function tick(dependency: string, around: ReconcileSurroundings): Promise<void> {
  await change(around.store, dependency, { kind: 'tick' }, around.now(), settingsOf(around, dependency));
}

/**
 * An alarm counts by how it stands now. One that began before this state did still looks back at the last outage; it counts when it has not fallen
 * silent within its grace.
 */
async function heedAlarm(dependency: string, around: ReconcileSurroundings): Promise<void> {
  const settings = settingsOf(around, dependency);
  if (!settings.alarmName) return;
  const record = await around.store.read(dependency);
  if (record.state === 'open') return;
  const { ringing, since, reason } = await around.alarm(settings.alarmName);
  if (!ringing) return;
  const rung = Math.floor((around.now() - record.since) / 1000);
  if (since <= record.since && rung < settings.alarmGrace) return;
  const still = since <= record.since ? `still rings after ${rung} s, ` : '';
  const evidence = `alarm ${settings.alarmName}: ${still}${reason}`;
  await change(around.store, dependency, { kind: 'trip', term: record.term, evidence }, around.now(), settings);
}

/** Sets the mappings, and looks again: a state that changed meanwhile would otherwise stand against the mapping until the next run. */
async function switchMappings(around: ReconcileSurroundings, attempt: Attempt): Promise<readonly BreakerRecord[]> {
  const { mapping, parkMapping, intakes, dependencies, fullConcurrency } = around;
  let records = await readAll(around);
  for (let round = 0; round < ROUNDS; round += 1) {
    const desired = desiredMapping(records, dependencies, fullConcurrency);
    await attempt(() => set(mapping, desired));
    if (parkMapping)
      await attempt(async () => {
        const { maximumConcurrency } = await parkMapping.read();
        await set(parkMapping, { enabled: !desired.enabled, maximumConcurrency });
      });
    const on = desiredIntake(records, dependencies);
    await Promise.all(
      intakes.map((intake) =>
        attempt(async () => {
          if ((await intake.isOn()) !== on) await intake.switch(on);
        }),
      ),
    );
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

/**
 * Messages that reached parked after the last release, late ones of an outage among them, are released by a recovery of their own. Those that come back each
 * time are tried after longer and longer waits, and then left to people.
 */
async function sweep(
  records: readonly BreakerRecord[],
  around: ReconcileSurroundings,
): Promise<readonly BreakerRecord[]> {
  const first = records[0];
  if (!first || records.some((record) => recovering(record))) return records;
  const { version } = first;
  const event =
    (await around.moves.parked()) === 0
      ? ({ kind: 'clean', version } as const)
      : ({ kind: 'sweep', version, most: around.sweeps } as const);
  const settings = settingsOf(around, first.dependency);
  const { record } = await change(around.store, first.dependency, event, around.now(), settings);
  return [record, ...records.slice(1)];
}

async function ensureRecovery(record: BreakerRecord, around: ReconcileSurroundings): Promise<void> {
  const { dependency, version } = record;
  const settings = settingsOf(around, dependency);
  if ((await startRecovery(record, around)) === 'running') return;
  // It ended before its work was done: aborted, failed too often, or its name is from a table that was there before this one.
  const { changed, record: next } = await change(
    around.store,
    dependency,
    { kind: 'hand-over', version },
    around.now(),
    settings,
  );
  if (changed) await startRecovery(next, around);
}

function startRecovery(record: BreakerRecord, { recoveries }: ReconcileSurroundings): Promise<'running' | 'ended'> {
  const { dependency, epoch, run } = record;
  return recoveries.start(executionName(record), { dependency, epoch, run });
}
