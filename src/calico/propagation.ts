/**
 * How routes travel between the speakers of BGP until nothing changes any more (RFC 4271, section 9, as BIRD does it).
 * Prefixes do not know of each other, so each travels alone.
 */
import type { Prefix } from '../net/prefix.ts';
import { comparePaths, type Path } from './path.ts';

/** One direction of a session. */
export type Arrow = {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** The other direction: nothing goes back where it came from. */
  readonly reverse: string;
  /** Inside an AS, from a speaker that is no reflector: what it heard inside does not go there (RFC 4271, 9.2.1). */
  readonly inner: boolean;
  /** The neighbour takes more than the best. */
  readonly addPaths: boolean;
  /** Null where the path is not sent. */
  readonly send: (path: Path) => Path | null;
  /** Null where it is not taken. */
  readonly receive: (path: Path) => Path | null;
};

/** Who sends to whom. */
export class Network {
  readonly #inner = new Map<string, Arrow[]>();
  readonly #outer = new Map<string, Arrow[]>();

  constructor(arrows: readonly Arrow[]) {
    for (const arrow of arrows) add(arrow.inner ? this.#inner : this.#outer, arrow.from, arrow);
  }

  inner(speaker: string): readonly Arrow[] {
    return this.#inner.get(speaker) ?? [];
  }

  outer(speaker: string): readonly Arrow[] {
    return this.#outer.get(speaker) ?? [];
  }
}

function add(lists: Map<string, Arrow[]>, speaker: string, arrow: Arrow): void {
  const list = lists.get(speaker);
  if (list === undefined) lists.set(speaker, [arrow]);
  else list.push(arrow);
}

/** What each speaker has of one prefix, the best first, and what goes over each arrow. */
export type Travelled = {
  readonly tables: ReadonlyMap<string, readonly Path[]>;
  readonly sent: ReadonlyMap<string, readonly Path[]>;
};

/** Routes that go on changing for ever (RFC 3345) are cut off here; what stands then is one of the states. */
const ROUNDS_MAX = 64;

const NONE: readonly Path[] = [];
const NOTHING_KEPT: ReadonlyMap<string, readonly Path[]> = new Map();

/** Of whom tables are kept, where not of everybody; then what was sent is forgotten, too. */
export type Interest = ReadonlySet<string> | null;

export function travel(
  network: Network,
  own: ReadonlyMap<string, readonly Path[]>,
  interest: Interest,
): Travelled {
  const sent = new Map<string, readonly Path[]>();
  /** By speaker, then by arrow. */
  const taken = new Map<string, Map<string, readonly Path[]>>();
  const tables = new Map<string, readonly Path[]>();
  /** Who has told the others of its AS something. */
  const told = new Set<string>();
  let stirred = new Set([...own.keys()]);
  const sendOver = (table: readonly Path[], arrow: Arrow, next: Set<string>): void => {
    const goes = sendable(table, arrow);
    if (samePaths(goes, sent.get(arrow.id) ?? NONE)) return;
    sent.set(arrow.id, goes);
    const into = taken.get(arrow.to) ?? new Map<string, readonly Path[]>();
    taken.set(arrow.to, into);
    into.set(
      arrow.id,
      goes.map(arrow.receive).filter((one) => one !== null),
    );
    next.add(arrow.to);
  };
  for (let round = 0; stirred.size > 0 && round < ROUNDS_MAX; round++) {
    const next = new Set<string>();
    for (const speaker of stirred) {
      const heard = [...(taken.get(speaker)?.values() ?? [])].flat();
      const table = [...(own.get(speaker) ?? NONE), ...heard].sort(comparePaths);
      tables.set(speaker, table);
      for (const arrow of network.outer(speaker)) sendOver(table, arrow, next);
      const isNews = table.some((path) => path.source !== 'bgp' || path.external);
      if (!isNews && !told.has(speaker)) continue;
      told.add(speaker);
      for (const arrow of network.inner(speaker)) sendOver(table, arrow, next);
    }
    stirred = next;
  }
  if (interest === null) return { tables, sent };
  return { tables: new Map([...tables].filter(([speaker]) => interest.has(speaker))), sent: NOTHING_KEPT };
}

/** Only the best, if it may be sent at all, but where the neighbour takes them all. */
function sendable(table: readonly Path[], { addPaths, reverse, send }: Arrow): readonly Path[] {
  const offered = addPaths ? table : table.slice(0, 1);
  return offered
    .filter(({ via }) => via !== reverse)
    .map(send)
    .filter((one) => one !== null);
}

function samePaths(a: readonly Path[], b: readonly Path[]): boolean {
  return a.length === b.length && a.every((one, index) => samePath(one, b[index] as Path));
}

const samePath = (a: Path, b: Path): boolean =>
  a.via === b.via &&
  a.nextHop?.bits === b.nextHop?.bits &&
  a.localPref === b.localPref &&
  a.asPath.join() === b.asPath.join() &&
  a.communities.join() === b.communities.join();

/** Prefixes with the same paths at the same speakers travel alike; `key` tells them apart. */
export const prefixKey = ({ family, bits, length }: Prefix): string =>
  `${family} ${bits.toString(16)}/${length}`;
