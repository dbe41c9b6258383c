import type { App } from 'cdktf';
import { dev } from './dev';
import { local } from './local';
import { prod } from './prod';
import type { EnvironmentSettings } from './settings';
import { ShopStack } from './stacks/shop';
import { staging } from './staging';

export const ENVIRONMENTS: Readonly<Record<string, EnvironmentSettings>> = { dev, staging, prod, local };

/** Adds an environment's stacks to the app. */
export function addStacks(app: App, settings: EnvironmentSettings): void {
  for (const region of settings.regions) {
    for (const shop of settings.shops) new ShopStack(app, settings, region, shop);
  }
}
