/** What is said of a prefix, or of many at once: path attributes as values (RFC 4271 5), apart from any wire. */
import type { Address } from '../../net/address.ts';
import { type AsPath, EMPTY_AS_PATH } from './as-path.ts';
import type { LargeCommunity, StandardCommunity } from './community.ts';
import type { ExtendedCommunity } from './extended-community.ts';

export type OriginCode = 'igp' | 'egp' | 'incomplete';

/** RFC 2545 3: an IPv6 peer on the same link may be told a link-local address beside the global one. */
export type NextHop = { readonly address: Address; readonly linkLocal: Address | null };

/** Who made one prefix of several (RFC 4271 5.1.7). */
export type RouteAggregator = {
  readonly asn: number;
  /** The router's identifier, 32 bits. */
  readonly routerId: number;
};

/** One that has no field of its own here, kept as it came. */
export type UnrecognizedAttribute = {
  readonly type: number;
  readonly optional: boolean;
  readonly transitive: boolean;
  /** Somebody on the way did not know it. */
  readonly partial: boolean;
  readonly value: Uint8Array;
};

/** Null and empty: the attribute is not there. Lists stand in the order in which they go, or came. */
export type PathAttributes = {
  readonly origin: OriginCode;
  readonly asPath: AsPath;
  /** MULTI_EXIT_DISC: of two ways into one AS, the lower. */
  readonly med: number | null;
  /** Inside of the AS alone: the higher. */
  readonly localPref: number | null;
  readonly atomicAggregate: boolean;
  readonly aggregator: RouteAggregator | null;
  readonly communities: readonly StandardCommunity[];
  readonly extendedCommunities: readonly ExtendedCommunity[];
  readonly largeCommunities: readonly LargeCommunity[];
  readonly others: readonly UnrecognizedAttribute[];
};

/** Where to, and what is said of it. Many prefixes share one. */
export type BgpPath = { readonly nextHop: NextHop; readonly attributes: PathAttributes };

/** What a route of one's own says where nothing more is wished. */
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
