/**
 * The overview of a cluster: one document that says what is there, what is wrong and what is not known. `berth status` prints
 * it, and every view is made of it. It is plain JSON, and its keys never change: new ones may be added.
 */
import type { LastEdit } from '../objects/last-edit.ts';
import type { AnnouncingOverview } from './announcing-document.ts';
import type { KindReading } from './knowledge.ts';
import type { ClusterVerdict, Problem } from './problem.ts';

export type OverviewDocument = {
  /** The version of this shape. */
  readonly format: 1;
  /** What was read: `the cluster at https://10.0.0.1:6443`, or files. */
  readonly source: string;
  /** When it was judged, by the clock of the reader (RFC 3339). */
  readonly time: string;
  readonly verdict: ClusterVerdict;
  /** Part of the cluster could not be read: the problems may not be all. */
  readonly partial: boolean;
  /** Sentences, without a full stop, about what could not be read. */
  readonly notRead: readonly string[];
  /** Of each kind whether it was read; sorted by kind. */
  readonly kinds: readonly KindReading[];
  /** The worst first. */
  readonly problems: readonly Problem[];
  readonly controller: ControllerOverview;
  /** Sorted by name; null where pools could not be read. */
  readonly pools: readonly PoolOverview[] | null;
  /** Null where Services could not be read. */
  readonly services: ServicesOverview | null;
  readonly announcing: AnnouncingOverview;
  /** Objects of the kinds that could be read, by kind and name. */
  readonly configuration: readonly ConfigurationObject[];
  /** The most recent first; at most `CHANGES_MAX`. */
  readonly changes: readonly RecentChange[];
};

export type ControllerState =
  /** A controller holds the lease, and has renewed it in time. */
  | 'leading'
  /** The lease was not renewed in time: its holder does not run. */
  | 'expired'
  /** There is a lease, and nobody holds it. */
  | 'vacant'
  /** There is no lease: no controller has run with leader election. */
  | 'absent'
  /** The lease could not be read, or the clocks differ too much. */
  | 'unknown';

export type ControllerOverview = {
  readonly state: ControllerState;
  /** The Pod that holds the lease, or held it last; null where that is not known. */
  readonly leader: string | null;
  /** The node of that Pod; null where it is not known. */
  readonly node: string | null;
  /** Since when it leads (RFC 3339); null where that is not known. */
  readonly since: string | null;
  /** When it last renewed the lease, by its own clock; null where that is not known. */
  readonly renewed: string | null;
  /** The tag of the leader's image; null where that is not known. */
  readonly version: string | null;
  /** Pods of the controller, by name; null where Pods could not be read. */
  readonly pods: readonly PodOverview[] | null;
  /** One sentence without a full stop. */
  readonly says: string;
};

export type PodOverview = {
  readonly name: string;
  /** '' until it is scheduled. */
  readonly node: string;
  readonly ready: boolean;
  /** The tag of the image; null for one without a tag. */
  readonly version: string | null;
  /** Why it is not ready, such as `CrashLoopBackOff`; null where it is ready, or no reason is given. */
  readonly because: string | null;
};

/** Numbers of addresses, at most 2^53−1; a shared address counts once. */
export type AddressUse = {
  readonly used: number;
  /** Those that the pool can still give to a Service that does not share. */
  readonly free: number;
};

export type PoolOverview = {
  readonly name: string;
  /** An invalid pool assigns nothing new until it is fixed. */
  readonly state: 'valid' | 'invalid';
  /** `spec.addresses`, as written. */
  readonly addresses: readonly string[];
  /** Null where neither all Services nor the status of the pool could be read. */
  readonly ipv4: AddressUse | null;
  readonly ipv6: AddressUse | null;
  /** Where the numbers are from: counted, or as the controller last wrote them; null where there are none. */
  readonly countedFrom: 'services' | 'poolStatus' | null;
  /** A family that the pool has is used up. */
  readonly exhausted: boolean;
  /** It is not exhausted, and at most a tenth of a family is free. */
  readonly exhaustedSoon: boolean;
  /** Services whose address was assigned from it; null where not all Services could be read. */
  readonly services: number | null;
  /** Services without an address that request this pool by name; null as for `services`. */
  readonly waiting: number | null;
  /** Whether Services get addresses of it that do not request it. */
  readonly autoAssign: boolean;
  /** Whether it avoids IPv4 addresses that end in .0 or .255. */
  readonly avoidBuggyIPs: boolean;
  /** Ranges of `addresses` that it does not grant: an older pool lists them as well, or it is invalid. */
  readonly notGranted: readonly string[];
  /** What is wrong with it, each with the path of its field. */
  readonly issues: readonly string[];
};

export type ServicesOverview = {
  /** The namespace that was read; null for all. */
  readonly namespace: string | null;
  /** Whether addresses and conditions are those of the cluster, or what the controller would do with these files. */
  readonly from: 'status' | 'dryRun';
  /** Services of type LoadBalancer that this controller serves. */
  readonly total: number;
  readonly withAddress: number;
  readonly withoutAddress: number;
  /** Of those without an address: the ones that no controller has reconciled yet. */
  readonly unreconciled: number;
  /** Services of type LoadBalancer that other controllers serve. */
  readonly others: number;
  /** Of those without an address, by the reason of the condition; the most frequent first. */
  readonly reasons: readonly ReasonCount[];
  /** Of those with an address: whether it is announced, as the condition `berth.dev/Announced` says. */
  readonly announced: AnnouncedCounts;
  /** Sorted by namespace and name. */
  readonly items: readonly ServiceOverview[];
};

export type ReasonCount = {
  /** A reason of the condition `berth.dev/Assigned`, or `Unreconciled`. */
  readonly reason: string;
  readonly count: number;
  /** The first of them, `namespace/name`. */
  readonly example: string;
};

export type AnnouncedCounts = {
  readonly yes: number;
  readonly no: number;
  /** The condition says Unknown. */
  readonly unknown: number;
  /** There is no such condition: nothing in the cluster says whether they are announced. */
  readonly unsaid: number;
};

export type ServiceState =
  /** It has an address. */
  | 'assigned'
  /** It has none, and the condition says why. */
  | 'waiting'
  /** No controller has reconciled it yet. */
  | 'unreconciled'
  /** Another controller serves it. */
  | 'others';

export type ServiceOverview = {
  /** `namespace/name`. */
  readonly service: string;
  readonly state: ServiceState;
  /** What it requests, in a few words: `IPv4`, `192.0.2.7`, `IPv4 and IPv6, pool public`. */
  readonly request: string;
  /** What it waits for by name; null for a Service that does not wait, or names nothing. */
  readonly waitsFor: AwaitedNames | null;
  /** As its status shows them, whoever wrote them. */
  readonly addresses: readonly string[];
  /** The pool that its addresses were assigned from; null where that is not recorded. */
  readonly pool: string | null;
  /** Of the condition `berth.dev/Assigned`; null without one. */
  readonly reason: string | null;
  /** The message of that condition; null without one. */
  readonly says: string | null;
  /** When that condition last changed (RFC 3339); null without one. */
  readonly since: string | null;
  /** The condition `berth.dev/Announced`; null without one. */
  readonly announced: AnnouncedOverview | null;
  /** The node that answers for its addresses by layer 2, as its speaker has said; null for none. */
  readonly answeredBy: string | null;
};

/** What a Service without an address requests by name. */
export type AwaitedNames = {
  /** As people write them. */
  readonly addresses: readonly string[];
  readonly pool: string | null;
};

export type AnnouncedOverview = {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly says: string;
  readonly since: string;
  /** Who announces it; null where nobody does, or it is not known. */
  readonly by: 'calico' | 'bgp' | 'layer2' | null;
};

/** The kinds that configure the programs, sorted. */
export const CONFIGURATION_KINDS = [
  ...(['BFDProfile', 'BGPAdvertisement', 'BGPPeer'] as const),
  ...(['Community', 'IPAddressPool', 'L2Advertisement'] as const),
] as const;

/** One of them. */
export type ConfigurationObject = {
  readonly kind: (typeof CONFIGURATION_KINDS)[number];
  readonly name: string;
  /** What its author wrote, by path, such as `spec.localPref`. Passwords are left out, and what `pools` says. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Goes up with each edit; null where it is not known. */
  readonly generation: number | null;
  /** Null where that is not known. */
  readonly edited: LastEdit | null;
};

export type RecentChange = {
  /** RFC 3339. */
  readonly time: string;
  readonly kind: string;
  /** `namespace/name`, or the name. */
  readonly name: string;
  /** One sentence without a full stop, whose subject is the object. */
  readonly says: string;
};

/** Of `changes`. */
export const CHANGES_MAX = 20;
