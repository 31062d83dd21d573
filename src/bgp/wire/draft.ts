/** What is known of an UPDATE while its attributes are gone through. */
import type { AsPath } from '../../routes/aspath.ts';
import type { LargeCommunity, StandardCommunity } from '../../routes/community.ts';
import type { ExtendedCommunity } from '../../routes/extended.ts';
import type { Aggregator, NextHop, Origin, OtherAttribute, PathAttributes } from '../../routes/path.ts';
import type { UPDATE_ERROR } from './codes.ts';
import type { AttributeFault } from './message.ts';
import type { Nlri } from './nlri.ts';

export type Draft = {
  origin: Origin | null;
  asPath: AsPath | null;
  /** NEXT_HOP, that of the message's own field of prefixes. */
  nextHop: NextHop | null;
  med: number | null;
  localPref: number | null;
  atomicAggregate: boolean;
  aggregator: Aggregator | null;
  communities: readonly StandardCommunity[];
  extendedCommunities: readonly ExtendedCommunity[];
  largeCommunities: readonly LargeCommunity[];
  others: readonly OtherAttribute[];
  /** Of a peer that writes AS numbers in two octets (RFC 6793 4.2.3). */
  as4Path: AsPath | null;
  as4Aggregator: Aggregator | null;
  reach: { readonly nlri: Nlri; readonly nextHop: NextHop } | null;
  unreach: Nlri | null;
};

export const newDraft = (): Draft => ({
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

/** ORIGIN and AS_PATH are there: it has been looked. */
export const attributesOf = (draft: Draft): PathAttributes => ({
  origin: draft.origin ?? 'incomplete',
  asPath: draft.asPath ?? NONE,
  med: draft.med,
  localPref: draft.localPref,
  atomicAggregate: draft.atomicAggregate,
  aggregator: draft.aggregator,
  communities: draft.communities,
  extendedCommunities: draft.extendedCommunities,
  largeCommunities: draft.largeCommunities,
  others: draft.others,
});

/** What is wrong with an attribute, by how much harm it does (RFC 7606 2). */
export type Complaint = {
  readonly verdict: AttributeFault['verdict'] | 'session-reset';
  /** For the NOTIFICATION, where there must be one. */
  readonly error: keyof typeof UPDATE_ERROR;
  /** The end of a sentence that begins with the attribute's name. */
  readonly says: string;
  readonly rfc: string;
};

export const discard = (says: string, rfc: string): Complaint => ({
  verdict: 'attribute-discard',
  error: 'optional',
  says,
  rfc,
});

export const withdraw = (error: Complaint['error'], says: string, rfc: string): Complaint => ({
  verdict: 'treat-as-withdraw',
  error,
  says,
  rfc,
});

export const reset = (error: Complaint['error'], says: string, rfc: string): Complaint => ({
  verdict: 'session-reset',
  error,
  says,
  rfc,
});
