import type { App } from 'cdktf';
import { environmentFiles } from './app/files';
import { type EnvironmentSettings, SettingsError } from './settings';
import { addBrokers, type ShopOfRegion } from './stacks/brokers';
import { ClickstreamStack } from './stacks/clickstream';
import { ShopStack } from './stacks/shop';

function environmentOf([file, { default: made }]: [string, { readonly default?: unknown }]): [
  string,
  EnvironmentSettings,
] {
  const settings = made as EnvironmentSettings | undefined;
  if (!settings)
    throw new SettingsError(file, [
      `exports nothing: write \`export default defineEnvironment({ name: '${file}', … })\``,
    ]);
  if (settings.name !== file)
    throw new SettingsError(file, [`name: is that of its file, "${file}" (it is "${settings.name}")`]);
  return [file, settings];
}

/** Every environment: one for each file of this folder. */
export const ENVIRONMENTS: Readonly<Record<string, EnvironmentSettings>> = Object.fromEntries(
  Object.entries(environmentFiles).map(environmentOf),
);

/** Adds an environment's stacks to the app. */
export function addStacks(app: App, settings: EnvironmentSettings): void {
  const shops = settings.regions.flatMap((region) =>
    settings.shops.map((shop) => new ShopStack(app, settings, region, shop)),
  );
  if (settings.clickstream)
    for (const region of settings.regions) new ClickstreamStack(app, settings, region, settings.clickstream);
  if (settings.brokers) {
    const withConsumer = shops.flatMap(({ region, lent }): [string, ShopOfRegion][] => (lent ? [[region, lent]] : []));
    addBrokers(app, settings, settings.brokers, new Map(withConsumer));
  }
}
