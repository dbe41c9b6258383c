import type { App } from 'cdktf';
import { dev } from './dev';
import { local } from './local';
import { prod } from './prod';
import type { EnvironmentSettings } from './settings';
import { addBrokers, type ShopOfRegion } from './stacks/brokers';
import { ShopStack } from './stacks/shop';
import { staging } from './staging';

export const ENVIRONMENTS: Readonly<Record<string, EnvironmentSettings>> = { dev, staging, prod, local };

/** Adds an environment's stacks to the app. */
export function addStacks(app: App, settings: EnvironmentSettings): void {
  const shops = settings.regions.flatMap((region) =>
    settings.shops.map((shop) => new ShopStack(app, settings, region, shop)),
  );
  if (settings.brokers) {
    const withConsumer = shops.flatMap(({ region, lent }): [string, ShopOfRegion][] => (lent ? [[region, lent]] : []));
    addBrokers(app, settings, settings.brokers, new Map(withConsumer));
  }
}
