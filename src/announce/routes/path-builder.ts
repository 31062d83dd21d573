/**
 * What is said of a route to one peer, on a session as it came about. The next hop is this node, always: what another
 * node has to say it says itself.
 */

import { err, ok, type Result } from '../../base/result.ts';
import { type AsPath, EMPTY_AS_PATH, prependAsn } from '../../bgp/attributes/as-path.ts';
import { type ExtendedCommunity, linkBandwidthCommunity } from '../../bgp/attributes/extended-community.ts';
import { type BgpPath, DEFAULT_ATTRIBUTES, type NextHop, toNextHop } from '../../bgp/attributes/path.ts';
import type { Address } from '../../net/address.ts';
import { formatPrefix, type Prefix } from '../../net/prefix.ts';
import type { NodeAddresses } from '../../objects/node.ts';
import type { DesiredRoute, RouteWeight } from './routes.ts';

/** What a session knows of itself once it stands. */
export type SessionContext = {
  /** Both sides are of one AS. */
  readonly isInternal: boolean;
  /** What the peer is told: `localASN` where there is one. It takes the place of `myASN`, which the peer never sees. */
  readonly localAsn: number;
  /** This node's addresses as next hops. */
  readonly nextHop: NodeAddresses;
  /** Of this node on the link that it shares with the peer (RFC 2545 3); null where they share none. */
  readonly linkLocal: Address | null;
  /** The peer takes IPv4 routes by way of IPv6 (RFC 8950). */
  readonly hasExtendedNextHop: boolean;
};

/** Routers assume it where none is set. On internal sessions LOCAL_PREF is mandatory (RFC 4271 5.1.5). */
export const LOCAL_PREF_DEFAULT = 100;

/** Weights are in proportion to each other. One endpoint counts as 1 Gbit/s, which routers print as a round number. */
const BYTES_PER_SECOND_PER_ENDPOINT = 125_000_000;

/** The error is a sentence: why the peer cannot be told. */
export function buildPath(route: DesiredRoute, session: SessionContext): Result<BgpPath, string> {
  const nextHop = chooseNextHop(route.prefix, session);
  if (nextHop === null) return err(noNextHopError(route.prefix));
  const { isInternal, localAsn } = session;
  return ok({
    nextHop,
    attributes: {
      ...DEFAULT_ATTRIBUTES,
      asPath: isInternal ? EMPTY_AS_PATH : originateAsPath(localAsn, route.prependCount),
      med: route.med,
      localPref: isInternal ? route.localPref || LOCAL_PREF_DEFAULT : null,
      communities: route.communities,
      extendedCommunities: route.weight === null ? [] : [linkBandwidthOf(route.weight, localAsn)],
      largeCommunities: route.largeCommunities,
    },
  });
}

/** Inside of the AS nobody prepends: a router drops what has passed its own AS (RFC 4271 9.1.2). */
const originateAsPath = (asn: number, prependCount: number): AsPath =>
  prependAsn(EMPTY_AS_PATH, asn, 1 + prependCount);

const linkBandwidthOf = ({ endpoints, transitive }: RouteWeight, asn: number): ExtendedCommunity =>
  linkBandwidthCommunity({ asn, bytesPerSecond: endpoints * BYTES_PER_SECOND_PER_ENDPOINT, transitive });

function chooseNextHop(
  { family }: Prefix,
  { nextHop, linkLocal, hasExtendedNextHop }: SessionContext,
): NextHop | null {
  const four = nextHop[4];
  if (family === 4 && four !== null) return toNextHop(four);
  const six = family === 6 || hasExtendedNextHop ? nextHop[6] : null;
  return six === null ? null : { address: six, linkLocal };
}

const noNextHopError = (prefix: Prefix): string =>
  `this node has no IPv${prefix.family} address that could be the next hop of ${formatPrefix(prefix)}: give the Node an InternalIP of that family`;
