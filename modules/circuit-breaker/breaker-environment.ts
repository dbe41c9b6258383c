import { Token } from 'cdktf';
import type { Construct } from 'constructs';
import type { protection } from '../../functions/runtime/breaker/contract';
import { type DependencySettings, readDependencies } from '../../functions/runtime/breaker/settings';
import { named } from '../defaults';
import { PropsError } from '../props';
import { tableNameOf } from './names';
import type { Dependency } from './props';

/**
 * Settings of the dependencies, defaults filled in, as every function of the breaker gets them. What is known only after `apply` isn't checked.
 *
 * @param path of the breaker, for the message
 * @throws PropsError that names each wrong value, and what is allowed
 */
export function settingsOf(
  path: string,
  dependencies: Readonly<Record<string, Dependency>>,
): Readonly<Record<string, DependencySettings>> {
  const plain = Object.entries(dependencies).map(([name, { canary, tripAlarm, ...settings }]) => {
    return [
      name,
      { ...settings, canaryFunction: canary.handler.functionName, ...(tripAlarm && { alarmName: tripAlarm.name }) },
    ] as const;
  });
  const known = plain.map(([name, settings]) => [name, pick(settings, (value, key) => !isLater(value, key))]);
  const checked = read(path, Object.fromEntries(known));
  const later = plain.map(([name, settings]) => [name, pick(settings, isLater)] as const);
  return Object.fromEntries(
    later.map(([name, settings]) => [name, { ...checked[name], ...settings } as DependencySettings]),
  );
}

const pick = (settings: object, of: (value: unknown, key: string) => boolean) =>
  Object.fromEntries(Object.entries(settings).filter(([key, value]) => of(value, key)));

/** A name may be whatever text; every other setting has limits, which a value that isn't known yet can't be held to. */
const isLater = (value: unknown, key: string): boolean =>
  key !== 'canaryFunction' && key !== 'alarmName' && Token.isUnresolved(value);

function read(path: string, dependencies: object): Readonly<Record<string, DependencySettings>> {
  try {
    return readDependencies(JSON.stringify(dependencies));
  } catch (error) {
    const told = error instanceof Error ? error.message : String(error);
    throw new PropsError(path, [`dependencies: ${told.replace('BREAKER_DEPENDENCIES: ', '')}`]);
  }
}

/**
 * The environment variables that the wrapper in a function reads, the consumer's or another's. Names and numbers only, so that function and breaker can
 * be made in any order.
 *
 * @param scope where defaults are set that prefix names; left out, they have none
 */
export function breakerEnvironment(
  {
    breakerName: given,
    dependencies,
  }: { readonly breakerName: string; readonly dependencies: Readonly<Record<string, Dependency>> },
  scope?: Construct,
): Readonly<Record<keyof typeof protection, string>> {
  const breakerName = scope ? named(scope, given) : given;
  const settings = Object.entries(settingsOf(breakerName, dependencies));
  const ofCalls = settings.map(([name, { canaryFunction: _, alarmName: __, alarmGrace: ___, ...rest }]) => [
    name,
    rest,
  ]);
  return {
    BREAKER_NAME: breakerName,
    BREAKER_TABLE: tableNameOf(breakerName),
    BREAKER_DEPENDENCIES: JSON.stringify(Object.fromEntries(ofCalls)),
  };
}
