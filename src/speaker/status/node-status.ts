/** The status of a node's speaker: one small document, the same while all is well. Its schema is `deploy/crds/speakerstatuses.yaml`. */

import type { Clock, Millis } from '../../base/clock.ts';
import { fieldsOf } from '../../base/json.ts';
import type { SessionDriver } from '../../bgp/session/driver.ts';
import type { AddressConflict } from '../../layer2/membership/speaker-presence.ts';
import type { Family } from '../../net/address.ts';
import type { BfdPeers, PeerBfd } from '../bfd/bfd-peers.ts';
import type { Neighbour } from '../neighbour.ts';
import { RESTART_TIME_SECONDS } from '../session-setup.ts';
import { type AnnouncedSummary, NOTHING_ANNOUNCED } from './announced-services.ts';
import type { PreviousRun } from './node-assigned-events.ts';

export type NodePhase =
  | 'speaking'
  /** Routes are advertised with GRACEFUL_SHUTDOWN (RFC 8326). */
  | 'draining'
  /** Drained: all routes are withdrawn. */
  | 'left'
  /** The process ended, and may restart. */
  | 'stopped';

type PrefixCounts = { readonly wanted: number; readonly told: number; readonly refused: number };

export type SessionStatus = {
  /** Name of the BGPPeer. */
  readonly peer: string;
  readonly address: string;
  /** `Bridged`: the speaker is stopped, and the router retains the routes until it restarts (RFC 4724). */
  readonly state: 'Established' | 'Down' | 'Bridged';
  /** When the router drops the retained routes, for `Bridged`. */
  readonly until?: string;
  /** When the session was established or lost, as seen by this process. */
  readonly since: string;
  /** Whether the BFD session is up; absent without one. */
  readonly bfd?: 'Up' | 'Down';
  /** The most recent error of the session. */
  readonly lastError: string | null;
  readonly ipv4: PrefixCounts;
  readonly ipv6: PrefixCounts;
};

export type NodeStatus = {
  readonly node: string;
  /** Name of the Pod that the speaker runs in; '' outside of a Pod. */
  readonly pod: string;
  readonly phase: NodePhase;
  /** `--ignore-exclude-lb` */
  readonly ignoreExcludeLabel: boolean;
  /** Sorted by name. */
  readonly sessions: readonly SessionStatus[];
  readonly announced: AnnouncedSummary;
  /** Null while the speaker does not answer by layer 2. */
  readonly layer2: Layer2NodeStatus | null;
};

/** What the other speakers need to elect owners. */
export type Layer2NodeStatus = {
  /** Those that can answer: by ARP, by NDP. */
  readonly interfaces: readonly {
    readonly name: string;
    readonly mac: string;
    readonly arp: boolean;
    readonly ndp: boolean;
    /** Null where there are too many. */
    readonly subnets: readonly string[] | null;
    /** Of the node itself; null where there are too many. */
    readonly addresses: readonly string[] | null;
  }[];
  /** Where the other speakers reach this one; null where that is not known. */
  readonly address: string | null;
  /** Of the process. */
  readonly boot: string;
  /** Increases with every change of `lost`, from 0. */
  readonly sequence: number;
  /** Nodes that it watches, and has had a BFD session with since it started; sorted. */
  readonly linked: readonly string[];
  /** Nodes that it watches, and whose session is down though it was up or should be; sorted. */
  readonly lost: readonly string[];
  /** Nodes that came back less than `--l2-failback-delay` ago; itself after its start; sorted. */
  readonly returned: readonly string[];
  /** Addresses of this node that another host uses. */
  readonly conflicts: readonly AddressConflict[];
};

/** The part of a neighbour that its status shows. */
export type StatusNeighbour = Pick<Neighbour, 'label'> & {
  readonly unadvertisable: Pick<Neighbour['unadvertisable'], 'count'>;
  readonly peer: Pick<Neighbour['peer'], 'name'>;
  readonly session: Pick<SessionDriver, 'state'> & {
    readonly counters: Pick<SessionDriver['counters'], 'lastError'>;
  };
  readonly rib: Pick<Neighbour['rib'], 'counts'>;
};

/**
 * Tracks since when each session has been established or down. It ignores the states between two attempts, since they would
 * rewrite the document forever while a router is down.
 */
export class SessionStatusTracker {
  readonly #clock: Pick<Clock, 'wall'>;
  readonly #since = new WeakMap<StatusNeighbour, { readonly isUp: boolean; readonly text: string }>();

  constructor(clock: Pick<Clock, 'wall'>) {
    this.#clock = clock;
  }

  statusesOf(neighbours: Iterable<StatusNeighbour>, bfd: Pick<BfdPeers, 'of'>): readonly SessionStatus[] {
    return [...neighbours]
      .map((one) => ({ ...this.#statusOf(one), ...bfdStatusOf(bfd.of(one.peer.name)) }))
      .sort((a, b) => (a.peer < b.peer ? -1 : 1));
  }

  #statusOf(neighbour: StatusNeighbour): SessionStatus {
    const { peer, label, session } = neighbour;
    const isUp = session.state === 'Established';
    const previous = this.#since.get(neighbour);
    const since = previous?.isUp === isUp ? previous : { isUp, text: formatTime(this.#clock.wall()) };
    this.#since.set(neighbour, since);
    return {
      peer: peer.name,
      address: label,
      state: isUp ? 'Established' : 'Down',
      since: since.text,
      lastError: session.counters.lastError?.message.slice(0, LAST_ERROR_MAX) ?? null,
      ipv4: countsOf(neighbour, 4),
      ipv6: countsOf(neighbour, 6),
    };
  }
}

/** Not its states on the way up, which would rewrite the document. */
const bfdStatusOf = (bfd: PeerBfd | null): Pick<SessionStatus, 'bfd'> =>
  bfd === null || bfd.status === null ? {} : { bfd: bfd.status.state === 'Up' ? 'Up' : 'Down' };

function countsOf({ rib, unadvertisable }: StatusNeighbour, family: Family): PrefixCounts {
  const { desired, advertised, unsendable } = rib.counts(family);
  const unadvertisableCount = unadvertisable.count(family);
  return {
    wanted: desired + unadvertisableCount,
    told: advertised,
    refused: unsendable + unadvertisableCount,
  };
}

export type ShutdownContext = {
  readonly isDraining: boolean;
  /** Names of the peers that retain the routes for the restart time. */
  readonly bridged: ReadonlySet<string>;
  readonly wall: Millis;
};

/** Final status, written when the process stops. */
export function finalStatus(status: NodeStatus, { isDraining, bridged, wall }: ShutdownContext): NodeStatus {
  const until = formatTime(wall + RESTART_TIME_SECONDS * 1000);
  return {
    ...status,
    phase: isDraining ? 'left' : 'stopped',
    announced: isDraining ? NOTHING_ANNOUNCED : status.announced,
    layer2: null,
    sessions: status.sessions.map((one) =>
      !isDraining && bridged.has(one.peer) ? { ...one, state: 'Bridged', until } : { ...one, state: 'Down' },
    ),
  };
}

/** Sessions in the document at most: with all texts at their limits it stays below the 1.5 MB that etcd accepts. */
export const SESSIONS_MAX = 1000;

/** Interfaces in the document at most; a node has some dozen that are no part of a bridge. */
export const LAYER2_INTERFACES_MAX = 256;

/** Nodes in `linked` and `lost` at most: each speaker watches fewer. */
export const LAYER2_LINKS_MAX = 32;

/** UTF-16 code units of `lastError` at most; a router chooses the text of its NOTIFICATION (RFC 9003). */
export const LAST_ERROR_MAX = 256;

/** `status` of a SpeakerStatus object. */
export type NodeStatusDocument = NodeStatus & {
  /** The number of all sessions, and of those that are established. */
  readonly sessionCounts: { readonly all: number; readonly established: number };
  /** When it was written. */
  readonly time: string;
};

/** The document that is written at the wall time `wall`. Above `SESSIONS_MAX` the first by name are listed, and all are counted. */
export const nodeStatusDocument = (status: NodeStatus, wall: Millis): NodeStatusDocument => ({
  ...status,
  layer2: status.layer2 === null ? null : limited(status.layer2),
  sessions: status.sessions.slice(0, SESSIONS_MAX),
  sessionCounts: {
    all: status.sessions.length,
    established: status.sessions.filter(({ state }) => state === 'Established').length,
  },
  time: formatTime(wall),
});

const limited = (layer2: Layer2NodeStatus): Layer2NodeStatus => ({
  ...layer2,
  interfaces: layer2.interfaces.slice(0, LAYER2_INTERFACES_MAX),
  linked: layer2.linked.slice(0, LAYER2_LINKS_MAX),
  lost: layer2.lost.slice(0, LAYER2_LINKS_MAX),
});

/** The announcements of the previous run, from its document; null if it is unreadable. */
export function readPreviousRun(document: unknown): PreviousRun | null {
  const { services, digest } = fieldsOf(fieldsOf(document)['announced']);
  return typeof services === 'number' && typeof digest === 'string' ? { services, digest } : null;
}

/** `metav1.Time`. */
const formatTime = (wall: Millis): string => `${new Date(wall).toISOString().slice(0, 19)}Z`;
