/**
 * Builds the path of a route for one established session: next hop, AS path, LOCAL_PREF and communities. The next hop is
 * always this node: each node advertises its own routes only.
 */

import { err, ok, type Result } from '../../base/result.ts';
import { type AsPath, EMPTY_AS_PATH, prependAsn } from '../../bgp/attributes/as-path.ts';
import { type ExtendedCommunity, linkBandwidthCommunity } from '../../bgp/attributes/extended-community.ts';
import { type BgpPath, DEFAULT_ATTRIBUTES, type NextHop, toNextHop } from '../../bgp/attributes/path.ts';
import type { Address } from '../../net/address.ts';
import { formatPrefix, type Prefix } from '../../net/prefix.ts';
import type { NodeAddresses } from '../../objects/node.ts';
import type { DesiredRoute, RouteWeight } from './routes.ts';

/** Properties of an established session that paths depend on. */
export type SessionContext = {
  /** Both sides are in one AS. */
  readonly isInternal: boolean;
  /** Our AS number on this session: `localASN` where it is set. It replaces `myASN`, which the peer never sees. */
  readonly localAsn: number;
  /** Addresses of this node as next hops. */
  readonly nextHop: NodeAddresses;
  /** Link-local address of this node on the subnet shared with the peer (RFC 2545 3); null where there is none. */
  readonly linkLocal: Address | null;
  /** The peer accepts IPv4 routes with IPv6 next hops (RFC 8950). */
  readonly hasExtendedNextHop: boolean;
};

/** Routers assume it where none is set. On internal sessions LOCAL_PREF is mandatory (RFC 4271 5.1.5). */
export const LOCAL_PREF_DEFAULT = 100;

/** Only the ratio of weights matters. One endpoint counts as 1 Gbit/s, which routers print as a round number. */
const BYTES_PER_SECOND_PER_ENDPOINT = 125_000_000;

/** The error is a sentence: why the route cannot be advertised to the peer. */
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

/** Internal paths have no AS path: a router drops routes that contain its own AS (RFC 4271 9.1.2). */
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
  `this node has no IPv${prefix.family} address to be the next hop of ${formatPrefix(prefix)}: give the Node an InternalIP of that family`;
