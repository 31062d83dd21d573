/** What the condition `berth.dev/Announced` says where Berth's speakers announce, beside what it says of Calico. */
import type { AnnounceRefusal } from '../../../announce/decision/refusal.ts';
import type { AnnouncedReason } from '../../../calico/report/announced-verdicts.ts';

/** The closed list: documented, and relied on by alerts. */
export const NATIVE_REASONS = {
  Announced:
    'Speakers on the nodes that the message names announce the address to the peers that it names, and with one of these at least a session stands.',
  NoSpeaker:
    'Of the speakers that would announce the address none runs, or every speaker there was has left its node.',
  NoPoolHolds: 'No pool holds all addresses of the Service, so no advertisement covers them.',
  NoAdvertisement: 'No BGPAdvertisement announces the Service from a node that has a peer.',
  AdvertisementsConflict: 'Two BGPAdvertisements want different values of localPref for one prefix.',
} as const satisfies Record<string, string>;

/** What Calico's side says too, and means the same by. */
type SharedReason = Extract<
  AnnouncedReason,
  'SessionDown' | 'NoPeer' | 'NodesExcluded' | 'NoEndpointAnnounces' | 'NotVisible'
>;

export type NativeReason = keyof typeof NATIVE_REASONS | SharedReason;

export type NativeCondition = {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: NativeReason;
  readonly message: string;
};

/**
 * Null where there is nothing to announce. In the order in which a speaker asks: of several nodes the one that came
 * farthest says what is missing.
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

/** Those whose sentence is the same on every node. */
export const NODE_INDEPENDENT_REFUSALS: ReadonlySet<AnnounceRefusal['code']> = new Set<
  AnnounceRefusal['code']
>(['ipNotAllowed', 'conflictingAdvertisements', 'noEndpoints']);
