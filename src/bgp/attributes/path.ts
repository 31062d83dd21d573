/** Path attributes of a route as values (RFC 4271 5), independent of their encoding. */
import type { Address } from '../../net/address.ts';
import { type AsPath, EMPTY_AS_PATH } from './as-path.ts';
import type { LargeCommunity, StandardCommunity } from './community.ts';
import type { ExtendedCommunity } from './extended-community.ts';

export type OriginCode = 'igp' | 'egp' | 'incomplete';

/** An IPv6 peer on the same link may also get a link-local next hop (RFC 2545 3). */
export type NextHop = { readonly address: Address; readonly linkLocal: Address | null };

/** AGGREGATOR: the router that aggregated the route (RFC 4271 5.1.7). */
export type RouteAggregator = {
  readonly asn: number;
  /** BGP Identifier, 32 bits. */
  readonly routerId: number;
};

/** An attribute without a field of its own, kept as received. */
export type UnrecognizedAttribute = {
  readonly type: number;
  readonly optional: boolean;
  readonly transitive: boolean;
  /** A router on the path did not recognize it. */
  readonly partial: boolean;
  readonly value: Uint8Array;
};

/** Null or empty: the attribute is absent. Lists keep the order on the wire. */
export type PathAttributes = {
  readonly origin: OriginCode;
  readonly asPath: AsPath;
  /** MULTI_EXIT_DISC: of several paths into one AS, the lowest is preferred. */
  readonly med: number | null;
  /** LOCAL_PREF, iBGP only: the highest is preferred. */
  readonly localPref: number | null;
  readonly atomicAggregate: boolean;
  readonly aggregator: RouteAggregator | null;
  readonly communities: readonly StandardCommunity[];
  readonly extendedCommunities: readonly ExtendedCommunity[];
  readonly largeCommunities: readonly LargeCommunity[];
  readonly others: readonly UnrecognizedAttribute[];
};

/** Next hop and attributes; many prefixes share one path. */
export type BgpPath = { readonly nextHop: NextHop; readonly attributes: PathAttributes };

/** Attributes of a locally originated route. */
export const DEFAULT_ATTRIBUTES: PathAttributes = {
  origin: 'igp',
  asPath: EMPTY_AS_PATH,
  med: null,
  localPref: null,
  atomicAggregate: false,
  aggregator: null,
  communities: [],
  extendedCommunities: [],
  largeCommunities: [],
  others: [],
};

export const toNextHop = (address: Address): NextHop => ({ address, linkLocal: null });
