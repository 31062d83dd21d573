/** The part of the document about who announces addresses: Calico, and Berth's speakers by BGP and by layer 2. */

/** Each is null where it is not there; what is not known is in `unknown`. */
export type AnnouncingOverview = {
  /** Calico announces: its model's result. */
  readonly calico: CalicoOverview | null;
  /** Berth's speakers, by node; null where there is none. */
  readonly speakers: readonly SpeakerOverview[] | null;
  /** Sessions of all speakers; null where there is no speaker. */
  readonly sessions: SessionCounts | null;
  readonly layer2: Layer2Overview | null;
  /** What routers learn of the addresses of Services, by the models; null where no model says it. */
  readonly routes: RoutesOverview | null;
  /** Sentences, without a full stop, about ways of announcing that could not be judged. */
  readonly unknown: readonly string[];
};

export type CalicoOverview = {
  /** `3.31.3`; null where it is not known. */
  readonly version: string | null;
  readonly routers: readonly CalicoRouterOverview[];
};

export type CalicoRouterOverview = {
  readonly router: string;
  readonly as: number;
  readonly sessions: { readonly up: number; readonly all: number };
  /** Nodes that it has a session with, sorted. */
  readonly nodes: readonly string[];
  /** Of these, the ones whose session is not established, as the model predicts. */
  readonly down: readonly NodeTrouble[];
  /** Routes that it learns, as the model predicts. */
  readonly routes: number;
};

export type NodeTrouble = {
  readonly node: string;
  /** Why: a few words. */
  readonly because: string;
};

export type RoutesOverview = {
  /** Those with the most Services first. */
  readonly groups: readonly RouteGroup[];
  /** Prefixes of further groups. */
  readonly more: number;
};

/** Prefixes that the same routers learn from the same nodes. */
export type RouteGroup = {
  readonly by: 'calico' | 'speakers';
  readonly prefixes: number;
  /** The first of them. */
  readonly examples: readonly string[];
  /** Services with an address in them. */
  readonly services: number;
  /** Routers with the nodes that they learn it from: their number is the width of ECMP. Empty where none learns it. */
  readonly learned: readonly LearnedFrom[];
};

/** Routers that have the same next hops. A router is the address of one of Calico, or the name of a BGPPeer. */
export type LearnedFrom = {
  readonly routers: readonly string[];
  readonly nodes: readonly string[];
};

export type SpeakerRunState =
  | 'running'
  /** Its Pod was created a moment ago, and is not ready yet. */
  | 'starting'
  /** It advertises its routes with GRACEFUL_SHUTDOWN before it withdraws them. */
  | 'draining'
  /** It has withdrawn all routes. */
  | 'left'
  /** Its process has ended, and may come back. */
  | 'stopped'
  /** Its node or its Pod is not ready: what it last reported is not true any more. */
  | 'down'
  /** Neither its Pod nor its node could be read. */
  | 'unknown';

export type SpeakerOverview = {
  readonly node: string;
  readonly state: SpeakerRunState;
  /** Why it is down: a sentence without a full stop; null for one that runs. */
  readonly because: string | null;
  /** The tag of its image; null where that is not known. */
  readonly version: string | null;
  /** When it wrote its status, by its own clock; '' where that is not known. */
  readonly reported: string;
  /** Services that it announces by BGP. */
  readonly services: number | null;
  /** By the name of the peer. */
  readonly sessions: readonly SessionOverview[];
  /** Whether it answers by layer 2, and with which interfaces; null where it does not. */
  readonly interfaces: readonly string[] | null;
};

export type SessionState =
  | 'up'
  | 'down'
  /** The speaker restarts, and the router retains its routes for a while. */
  | 'bridged'
  /** The speaker does not run, so that its report counts no more. */
  | 'stale';

export type SessionOverview = {
  /** The name of the BGPPeer. */
  readonly peer: string;
  readonly address: string;
  readonly state: SessionState;
  /** Since when it is established or down, as reported; '' where that is not known. */
  readonly since: string;
  /** The most recent error; null for none. */
  readonly error: string | null;
  /** Of the BFD session; null without one. */
  readonly bfd: 'up' | 'down' | null;
  /** Numbers of prefixes, of both families. */
  readonly prefixes: {
    readonly wanted: number;
    readonly advertised: number;
    /** Those that the session cannot carry. */
    readonly refused: number;
  };
};

export type SessionCounts = {
  readonly up: number;
  readonly all: number;
};

export type Layer2Overview = {
  /** Nodes whose speakers answer by layer 2, or did before they went down; sorted by name. */
  readonly nodes: readonly Layer2NodeOverview[];
  /** Addresses that other hosts use. */
  readonly conflicts: readonly HostConflict[];
};

export type Layer2NodeOverview = {
  readonly node: string;
  readonly state: SpeakerRunState;
  /** Services that it answers for, as it has said. */
  readonly services: number;
};

export type HostConflict = {
  readonly address: string;
  /** Of the other host. */
  readonly mac: string;
  /** The node that sees it, and on which interface. */
  readonly node: string;
  readonly interface: string;
};
