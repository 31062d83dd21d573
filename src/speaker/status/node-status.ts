/** What a node says of itself: one small document, in which nothing moves while all is well. */

import type { Clock, Millis } from '../../base/clock.ts';
import { fieldsOf } from '../../base/json.ts';
import type { SessionDriver } from '../../bgp/session/driver.ts';
import type { Family } from '../../net/address.ts';
import type { Neighbour } from '../neighbour.ts';
import { RESTART_TIME_SECONDS } from '../session-setup.ts';
import { type AnnouncedSummary, NOTHING_ANNOUNCED } from './announced-services.ts';
import type { PreviousRun } from './node-assigned-events.ts';

export type NodePhase =
  | 'speaking'
  /** Its routers are asked to prefer other nodes. */
  | 'draining'
  /** Everything is withdrawn, for good as far as it knows. */
  | 'left'
  /** The process ended, and may be back. */
  | 'stopped';

type PrefixCounts = { readonly wanted: number; readonly told: number; readonly refused: number };

export type SessionStatus = {
  /** The name of its BGPPeer. */
  readonly peer: string;
  readonly address: string;
  /** `Bridged`: nobody speaks, and the router keeps the routes until somebody does again (RFC 4724). */
  readonly state: 'Established' | 'Down' | 'Bridged';
  /** Where it is bridged: when the router will give the routes up. */
  readonly until?: string;
  /** When it came up or went down, as far as this process saw it. */
  readonly since: string;
  /** What was wrong last. */
  readonly lastError: string | null;
  readonly ipv4: PrefixCounts;
  readonly ipv6: PrefixCounts;
};

export type NodeStatus = {
  readonly node: string;
  readonly phase: NodePhase;
  /** `--ignore-exclude-lb` */
  readonly ignoreExcludeLabel: boolean;
  /** In the order of names. */
  readonly sessions: readonly SessionStatus[];
  readonly announced: AnnouncedSummary;
};

/** What is looked at of a neighbour. */
export type StatusNeighbour = Pick<Neighbour, 'label' | 'unadvertisable'> & {
  readonly peer: Pick<Neighbour['peer'], 'name'>;
  readonly session: Pick<SessionDriver, 'state'> & {
    readonly counters: Pick<SessionDriver['counters'], 'lastError'>;
  };
  readonly rib: Pick<Neighbour['rib'], 'counts'>;
};

/**
 * Remembers since when each session has been up or down. The states between two tries are all the same to it: they would
 * have the document written for ever where a router is gone.
 */
export class SessionStatusTracker {
  readonly #clock: Pick<Clock, 'wall'>;
  readonly #since = new WeakMap<StatusNeighbour, { readonly isUp: boolean; readonly text: string }>();

  constructor(clock: Pick<Clock, 'wall'>) {
    this.#clock = clock;
  }

  statusesOf(neighbours: Iterable<StatusNeighbour>): readonly SessionStatus[] {
    return [...neighbours].map((one) => this.#statusOf(one)).sort((a, b) => (a.peer < b.peer ? -1 : 1));
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
      lastError: session.counters.lastError?.message ?? null,
      ipv4: countsOf(neighbour, 4),
      ipv6: countsOf(neighbour, 6),
    };
  }
}

function countsOf({ rib, unadvertisable }: StatusNeighbour, family: Family): PrefixCounts {
  const { desired, advertised, unsendable } = rib.counts(family);
  const unadvertisableCount = unadvertisable.filter(({ prefix }) => prefix.family === family).length;
  return {
    wanted: desired + unadvertisableCount,
    told: advertised,
    refused: unsendable + unadvertisableCount,
  };
}

export type ShutdownContext = {
  readonly isDraining: boolean;
  /** Peers, by name, that keep the routes until it is back, for as long as they were told. */
  readonly bridged: ReadonlySet<string>;
  readonly wall: Millis;
};

/** The last word of a process. */
export function finalStatus(status: NodeStatus, { isDraining, bridged, wall }: ShutdownContext): NodeStatus {
  const until = formatTime(wall + RESTART_TIME_SECONDS * 1000);
  return {
    ...status,
    phase: isDraining ? 'left' : 'stopped',
    announced: isDraining ? NOTHING_ANNOUNCED : status.announced,
    sessions: status.sessions.map((one) =>
      !isDraining && bridged.has(one.peer) ? { ...one, state: 'Bridged', until } : { ...one, state: 'Down' },
    ),
  };
}

/** One line for each session, so that people can read it. */
export const formatNodeStatus = (status: NodeStatus, wall: Millis): string => {
  const { sessions, ...rest } = status;
  const lines = sessions.map((one) => `  ${JSON.stringify(one)}`).join(',\n');
  const head = JSON.stringify({ ...rest, time: formatTime(wall) }).slice(0, -1);
  return `${head},\n"sessions":[${lines === '' ? '' : `\n${lines}\n`}]}\n`;
};

/** What the node announced when it wrote this; null where that cannot be read. */
export function readPreviousRun(text: string): PreviousRun | null {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return null; // somebody else's text is no evidence
  }
  const { services, digest } = fieldsOf(fieldsOf(read)['announced']);
  return typeof services === 'number' && typeof digest === 'string' ? { services, digest } : null;
}

/** `metav1.Time`. */
const formatTime = (wall: Millis): string => `${new Date(wall).toISOString().slice(0, 19)}Z`;
