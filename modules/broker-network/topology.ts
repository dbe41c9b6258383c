import type { NetworkConnector } from '../broker';

/** Every broker with every other, or all with one in the middle. */
export type Topology = { readonly kind: 'mesh' } | { readonly kind: 'hub'; readonly hub: string };

/** One bridge. It carries messages both ways; only one side knows the other's address. */
export interface Link {
  /** Region whose broker dials; always the lower name, so that no two brokers wait for each other's address. */
  readonly dials: string;
  readonly answers: string;
  /**
   * Bridges over which a consumer is known: 2 as soon as there are three regions. Through a hub that is the only way; in a mesh it is the way round, so that the loss of any one
   * line leaves a path. A larger one would help against two at once, and send messages on longer detours all the time.
   */
  readonly consumerTimeToLive: number;
}

/**
 * The bridges of a network. Regions are ordered by name and the lower one dials: "is configured before" is then an order of regions and can't
 * have a cycle, whatever the topology.
 *
 * @throws RangeError for fewer than two regions, one named twice, or a hub that is none of them
 */
export function linksOf(regions: readonly string[], topology: Topology = { kind: 'mesh' }): Link[] {
  const ordered = [...new Set(regions)].sort();
  if (ordered.length !== regions.length || ordered.length < 2) {
    throw new RangeError(`a network takes two or more different regions, not ${regions.join(', ') || 'none'}`);
  }
  if (topology.kind === 'hub' && !ordered.includes(topology.hub)) {
    throw new RangeError(`the hub ${topology.hub} is none of ${ordered.join(', ')}`);
  }
  const pairs = ordered.flatMap((dials, index) => ordered.slice(index + 1).map((answers) => ({ dials, answers })));
  return pairs
    .filter(({ dials, answers }) => topology.kind === 'mesh' || dials === topology.hub || answers === topology.hub)
    .map((pair) => ({ ...pair, consumerTimeToLive: ordered.length > 2 ? 2 : 1 }));
}

/**
 * What the dialling broker's configuration says of a link.
 *
 * @param endpoints both instances of the answering broker
 * @param userName exists on both brokers with the same password
 */
export function connectorOf(link: Link, endpoints: readonly string[], userName: string): NetworkConnector {
  return {
    name: `${link.dials}-to-${link.answers}`,
    endpoints,
    userName,
    consumerTimeToLive: link.consumerTimeToLive,
  };
}
