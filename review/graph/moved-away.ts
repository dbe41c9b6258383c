import type { Drift } from '../plan/model';
import { ownPlace } from '../plan/owner';
import { textOf } from '../plan/values';
import type { Messaging } from './messaging';

/** Where something was at the last apply, and where its provider looks for it now, when these are certainly two places. */
export function placeChange(graph: Messaging, drift: Drift): { before: string; now: string } | undefined {
  const was = ownPlace(drift.type, textOf(drift.before?.arn));
  const resource = graph.resources.find(({ address }) => address === drift.address);
  if (!was || !resource) return undefined;
  const provider = graph.block(resource)?.provider;
  const region =
    textOf(resource.after?.region) ??
    (provider === undefined ? undefined : graph.configuration.providerRegions.get(provider));
  if (was.region && region && was.region !== region) return { before: was.region, now: region };
  const { account } = graph.plan;
  return was.account && account && was.account !== account
    ? { before: `account ${was.account}`, now: `account ${account}` }
    : undefined;
}
