/** What a node says of itself: one small document, in which nothing moves while all is well. */

import type { Clock, Millis } from '../base/clock.ts';
import { fieldsOf } from '../cluster/fields.ts';
import type { Family } from '../net/address.ts';
import type { Former } from './assigned.ts';
import { type AnnouncedSummary, NOTHING_ANNOUNCED } from './assignedbook.ts';
import type { Neighbour } from './neighbour.ts';
import { RESTART_TIME } from './opening.ts';
import type { Line } from './ports.ts';

export type NodePhase =
  | 'speaking'
  /** Its routers are asked to prefer other nodes. */
  | 'draining'
  /** Everything is withdrawn, for good as far as it knows. */
  | 'left'
  /** The process ended, and may be back. */
  | 'stopped';

type Counts = { readonly wanted: number; readonly told: number; readonly refused: number };

export type SessionWord = {
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
  readonly ipv4: Counts;
  readonly ipv6: Counts;
};

export type NodeWord = {
  readonly node: string;
  readonly phase: NodePhase;
  /** `--ignore-exclude-lb` */
  readonly ignoreExcludeLabel: boolean;
  /** In the order of names. */
  readonly sessions: readonly SessionWord[];
  readonly announced: AnnouncedSummary;
};

/** What is looked at of a neighbour. */
export type SessionView = Pick<Neighbour, 'label' | 'untold'> & {
  readonly peer: Pick<Neighbour['peer'], 'name'>;
  readonly line: Pick<Line, 'state'> & { readonly counters: Pick<Line['counters'], 'lastError'> };
  readonly rib: Pick<Neighbour['rib'], 'counts'>;
};

/**
 * Remembers since when each session has been up or down. The states between two tries are all the same to it: they would
 * have the document written for ever where a router is gone.
 */
export class SessionWords {
  readonly #clock: Pick<Clock, 'wall'>;
  readonly #since = new WeakMap<SessionView, { readonly isUp: boolean; readonly text: string }>();

  constructor(clock: Pick<Clock, 'wall'>) {
    this.#clock = clock;
  }

  of(neighbours: Iterable<SessionView>): readonly SessionWord[] {
    return [...neighbours].map((one) => this.#word(one)).sort((a, b) => (a.peer < b.peer ? -1 : 1));
  }

  #word(neighbour: SessionView): SessionWord {
    const { peer, label, line } = neighbour;
    const isUp = line.state === 'Established';
    const known = this.#since.get(neighbour);
    const since = known?.isUp === isUp ? known : { isUp, text: timeText(this.#clock.wall()) };
    this.#since.set(neighbour, since);
    return {
      peer: peer.name,
      address: label,
      state: isUp ? 'Established' : 'Down',
      since: since.text,
      lastError: line.counters.lastError?.says ?? null,
      ipv4: countsOf(neighbour, 4),
      ipv6: countsOf(neighbour, 6),
    };
  }
}

function countsOf({ rib, untold }: SessionView, of: Family): Counts {
  const { wanted, told, refused } = rib.counts(of);
  const kept = untold.filter(({ prefix }) => prefix.family === of).length;
  return { wanted: wanted + kept, told, refused: refused + kept };
}

export type Ending = {
  readonly isLeaving: boolean;
  /** Peers, by name, that keep the routes until it is back, for as long as they were told. */
  readonly bridged: ReadonlySet<string>;
  readonly wall: Millis;
};

/** The last word of a process. */
export function lastWord(word: NodeWord, { isLeaving, bridged, wall }: Ending): NodeWord {
  const until = timeText(wall + RESTART_TIME * 1000);
  return {
    ...word,
    phase: isLeaving ? 'left' : 'stopped',
    announced: isLeaving ? NOTHING_ANNOUNCED : word.announced,
    sessions: word.sessions.map((one) =>
      !isLeaving && bridged.has(one.peer) ? { ...one, state: 'Bridged', until } : { ...one, state: 'Down' },
    ),
  };
}

/** One line for each session, so that people can read it. */
export const documentOf = (word: NodeWord, wall: Millis): string => {
  const { sessions, ...rest } = word;
  const lines = sessions.map((one) => `  ${JSON.stringify(one)}`).join(',\n');
  const head = JSON.stringify({ ...rest, time: timeText(wall) }).slice(0, -1);
  return `${head},\n"sessions":[${lines === '' ? '' : `\n${lines}\n`}]}\n`;
};

/** What the node announced when it wrote this; null where that cannot be read. */
export function readFormer(text: string): Former | null {
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
const timeText = (wall: Millis): string => `${new Date(wall).toISOString().slice(0, 19)}Z`;
