/**
 * What is said of a route to one peer, on a session as it came about. The next hop is this node, always: what another
 * node has to say it says itself.
 */
import { err, ok, type Result } from '../base/result.ts';
import type { Address, Family } from '../net/address.ts';
import { formatPrefix, type Prefix } from '../net/prefix.ts';
import { type AsPath, EMPTY_PATH, prepend } from '../routes/aspath.ts';
import { type ExtendedCommunity, linkBandwidth } from '../routes/extended.ts';
import { type NextHop, type Path, PLAIN_ATTRIBUTES, toNextHop } from '../routes/path.ts';
import type { Route, Weight } from './table.ts';

/** What a session knows of itself once it stands. */
export type SessionFacts = {
  /** Both sides are of one AS. */
  readonly internal: boolean;
  /** What the peer is told: `localASN` where there is one. It takes the place of `myASN`, which the peer never sees. */
  readonly localAsn: number;
  /** This node's addresses as next hops. */
  readonly nextHop: Readonly<Record<Family, Address | null>>;
  /** Of this node on the link that it shares with the peer (RFC 2545 3); null where they share none. */
  readonly linkLocal: Address | null;
  /** The peer takes IPv4 routes by way of IPv6 (RFC 8950). */
  readonly extendedNextHop: boolean;
};

/** What routers take of themselves where nothing is said; inside of an AS something has to be (RFC 4271 5.1.5). */
const LOCAL_PREF_DEFAULT = 100;

/** Weights are in proportion to each other. One endpoint counts as 1 Gbit/s, which routers print as a round number. */
const BYTES_PER_SECOND_AN_ENDPOINT = 125_000_000;

/** The error is a sentence: why the peer cannot be told. */
export function pathOf(route: Route, facts: SessionFacts): Result<Path, string> {
  const nextHop = nextHopFor(route.prefix, facts);
  if (nextHop === null) return err(noNextHop(route.prefix));
  const { internal, localAsn } = facts;
  return ok({
    nextHop,
    attributes: {
      ...PLAIN_ATTRIBUTES,
      asPath: internal ? EMPTY_PATH : ownPath(localAsn, route.prepend),
      med: route.med,
      localPref: internal ? route.localPref || LOCAL_PREF_DEFAULT : null,
      communities: route.communities,
      extendedCommunities: route.weight === null ? [] : [bandwidthOf(route.weight, localAsn)],
      largeCommunities: route.large,
    },
  });
}

/** Inside of the AS nobody prepends: a router drops what has passed its own AS (RFC 4271 9.1.2). */
const ownPath = (asn: number, more: number): AsPath => prepend(EMPTY_PATH, asn, 1 + more);

const bandwidthOf = ({ endpoints, transitive }: Weight, asn: number): ExtendedCommunity =>
  linkBandwidth({ asn, bytesPerSecond: endpoints * BYTES_PER_SECOND_AN_ENDPOINT, transitive });

function nextHopFor(
  { family }: Prefix,
  { nextHop, linkLocal, extendedNextHop }: SessionFacts,
): NextHop | null {
  const four = nextHop[4];
  if (family === 4 && four !== null) return toNextHop(four);
  const six = family === 6 || extendedNextHop ? nextHop[6] : null;
  return six === null ? null : { address: six, linkLocal };
}

const noNextHop = (prefix: Prefix): string =>
  `this node has no IPv${prefix.family} address that could be the next hop of ${formatPrefix(prefix)}: give the Node an InternalIP of that family`;
