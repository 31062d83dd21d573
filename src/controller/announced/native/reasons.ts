/** Reasons of the condition `berth.dev/Announced` where Berth's speakers announce. */
import type { AnnounceRefusal } from '../../../announce/decision/refusal.ts';
import type { AnnouncedReason } from '../../../calico/report/announced-verdicts.ts';
import type { ConditionValue } from '../../../objects/condition.ts';

/** A closed list: it is documented, and alerts rely on it. */
export const NATIVE_REASONS = {
  Announced:
    'Speakers on the named nodes announce the address to the named peers, and a session with at least one of these is established.',
  NoSpeaker: 'No speaker that would announce the address runs, or every speaker has left its node.',
  NoPoolHolds: 'No pool holds all addresses of the Service, so no advertisement covers them.',
  NoAdvertisement: 'No BGPAdvertisement announces the Service from a node that has a peer.',
  AdvertisementsConflict:
    'Two BGPAdvertisements set different values of localPref or asPathPrepend for one prefix.',
} as const satisfies Record<string, string>;

/** Reasons that Calico's source uses with the same meaning. */
type SharedReason = Extract<
  AnnouncedReason,
  'SessionDown' | 'NoPeer' | 'NodesExcluded' | 'NoEndpointAnnounces' | 'NotVisible'
>;

export type NativeReason = keyof typeof NATIVE_REASONS | SharedReason;

export type NativeCondition = ConditionValue<NativeReason>;

/** Reasons of events on Services, from whichever source: all but the one that concerns all Services at once. */
export type AnnouncedEventReason = Exclude<AnnouncedReason | NativeReason, 'NotVisible'>;

/**
 * Null where there is nothing to announce. In the order in which a speaker checks: of several nodes that of the farthest check
 * gives the reason.
 */
export const REASON_BY_REFUSAL = {
  notLoadBalancer: null,
  otherClass: null,
  noIPAllocated: null,
  invalidIP: null,
  nodeUnknown: 'NoSpeaker',
  ipNotAllowed: 'NoPoolHolds',
  notOwner: 'NoAdvertisement',
  noMatchingAdvertisement: 'NoAdvertisement',
  conflictingAdvertisements: 'AdvertisementsConflict',
  nodeNetworkUnavailable: 'NodesExcluded',
  nodeLabeledExcludeBalancers: 'NodesExcluded',
  noLocalEndpoints: 'NoEndpointAnnounces',
  noEndpoints: 'NoEndpointAnnounces',
  noWeight: 'NoEndpointAnnounces',
} as const satisfies Record<AnnounceRefusal['code'], NativeReason | null>;

const CHECK_ORDER = Object.keys(REASON_BY_REFUSAL);

export const compareByProgress = (a: AnnounceRefusal, b: AnnounceRefusal): number =>
  CHECK_ORDER.indexOf(b.code) - CHECK_ORDER.indexOf(a.code);

/** Refusals whose message is the same on every node. */
export const NODE_INDEPENDENT_REFUSALS: ReadonlySet<AnnounceRefusal['code']> = new Set<
  AnnounceRefusal['code']
>(['ipNotAllowed', 'conflictingAdvertisements', 'noEndpoints']);
