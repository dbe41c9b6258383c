import { type DependencySettings, type protection, readDependencies } from '../../functions/runtime/breaker/contract';
import { PropsError } from '../props';
import { tableNameOf } from './names';
import type { Dependency } from './props';

/**
 * Settings of the dependencies, defaults filled in, as every function of the breaker gets them.
 *
 * @throws PropsError that names each wrong value
 */
export function settingsOf(
  breakerName: string,
  dependencies: Readonly<Record<string, Dependency>>,
): Readonly<Record<string, DependencySettings>> {
  const plain = Object.entries(dependencies).map(([name, { canary, tripAlarm, ...settings }]) => {
    return [
      name,
      { ...settings, canaryFunction: canary.handler.functionName, ...(tripAlarm && { alarmName: tripAlarm.name }) },
    ];
  });
  try {
    return readDependencies(JSON.stringify(Object.fromEntries(plain)));
  } catch (error) {
    throw new PropsError(breakerName, [`dependencies ${error instanceof Error ? error.message : error}`]);
  }
}

/**
 * The environment variables that the wrapper in a function reads, the consumer's or another's. Names and numbers only, so that function and breaker can
 * be made in any order.
 */
export function breakerEnvironment({
  breakerName,
  dependencies,
}: {
  readonly breakerName: string;
  readonly dependencies: Readonly<Record<string, Dependency>>;
}): Readonly<Record<keyof typeof protection, string>> {
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
