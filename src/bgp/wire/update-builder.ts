/** Update builder: the mutable state while the attributes of an UPDATE are decoded. */
import type { AsPath } from '../attributes/as-path.ts';
import type { LargeCommunity, StandardCommunity } from '../attributes/community.ts';
import type { ExtendedCommunity } from '../attributes/extended-community.ts';
import type {
  NextHop,
  OriginCode,
  PathAttributes,
  RouteAggregator,
  UnrecognizedAttribute,
} from '../attributes/path.ts';
import type { UPDATE_ERROR } from './codes.ts';
import type { AttributeFault } from './message.ts';
import type { Nlri } from './nlri.ts';

export type UpdateBuilder = {
  origin: OriginCode | null;
  asPath: AsPath | null;
  /** NEXT_HOP, which applies to the NLRI field. */
  nextHop: NextHop | null;
  med: number | null;
  localPref: number | null;
  atomicAggregate: boolean;
  aggregator: RouteAggregator | null;
  communities: readonly StandardCommunity[];
  extendedCommunities: readonly ExtendedCommunity[];
  largeCommunities: readonly LargeCommunity[];
  others: readonly UnrecognizedAttribute[];
  /** From a peer that encodes AS numbers in two octets (RFC 6793 4.2.3). */
  as4Path: AsPath | null;
  as4Aggregator: RouteAggregator | null;
  reach: { readonly nlri: Nlri; readonly nextHop: NextHop } | null;
  unreach: Nlri | null;
};

export const newUpdateBuilder = (): UpdateBuilder => ({
  origin: null,
  asPath: null,
  nextHop: null,
  med: null,
  localPref: null,
  atomicAggregate: false,
  aggregator: null,
  communities: NONE,
  extendedCommunities: NONE,
  largeCommunities: NONE,
  others: NONE,
  as4Path: null,
  as4Aggregator: null,
  reach: null,
  unreach: null,
});

const NONE: readonly never[] = [];

/** The caller has checked that ORIGIN and AS_PATH are present. */
export const attributesOf = (builder: UpdateBuilder): PathAttributes => ({
  origin: builder.origin ?? 'incomplete',
  asPath: builder.asPath ?? NONE,
  med: builder.med,
  localPref: builder.localPref,
  atomicAggregate: builder.atomicAggregate,
  aggregator: builder.aggregator,
  communities: builder.communities,
  extendedCommunities: builder.extendedCommunities,
  largeCommunities: builder.largeCommunities,
  others: builder.others,
});

/** An error in an attribute, with its handling (RFC 7606 2). */
export type AttributeError = {
  readonly handling: AttributeFault['handling'] | 'session-reset';
  /** Subcode of the NOTIFICATION, for a session reset. */
  readonly error: keyof typeof UPDATE_ERROR;
  /** Predicate of a sentence whose subject is the attribute's name. */
  readonly reason: string;
  readonly rfc: string;
};

export const attributeDiscard = (reason: string, rfc: string): AttributeError => ({
  handling: 'attribute-discard',
  error: 'optional',
  reason,
  rfc,
});

export const treatAsWithdraw = (
  error: AttributeError['error'],
  reason: string,
  rfc: string,
): AttributeError => ({
  handling: 'treat-as-withdraw',
  error,
  reason,
  rfc,
});

export const sessionReset = (
  error: AttributeError['error'],
  reason: string,
  rfc: string,
): AttributeError => ({
  handling: 'session-reset',
  error,
  reason,
  rfc,
});
