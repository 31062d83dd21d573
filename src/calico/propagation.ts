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
  /** The neighbour takes more than the best. */
  readonly addPaths: boolean;
  /** Null where the path is not sent. */
  readonly send: (path: Path) => Path | null;
  /** Null where it is not taken. */
  readonly receive: (path: Path) => Path | null;
};

/** Who sends to whom. */
export class Network {
  readonly #from = new Map<string, Arrow[]>();
  readonly #to = new Map<string, Arrow[]>();

  constructor(arrows: readonly Arrow[]) {
    for (const arrow of arrows) {
      add(this.#from, arrow.from, arrow);
      add(this.#to, arrow.to, arrow);
    }
  }

  from(speaker: string): readonly Arrow[] {
    return this.#from.get(speaker) ?? [];
  }

  to(speaker: string): readonly Arrow[] {
    return this.#to.get(speaker) ?? [];
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

export function travel(network: Network, own: ReadonlyMap<string, readonly Path[]>): Travelled {
  const sent = new Map<string, readonly Path[]>();
  const taken = new Map<string, readonly Path[]>();
  const tables = new Map<string, readonly Path[]>();
  let stirred = new Set([...own.keys()]);
  for (let round = 0; stirred.size > 0 && round < ROUNDS_MAX; round++) {
    const next = new Set<string>();
    for (const speaker of stirred) {
      const heard = network.to(speaker).flatMap(({ id }) => taken.get(id) ?? NONE);
      const table = [...(own.get(speaker) ?? NONE), ...heard].sort(comparePaths);
      tables.set(speaker, table);
      for (const arrow of network.from(speaker)) {
        const goes = sendable(table, arrow);
        if (samePaths(goes, sent.get(arrow.id) ?? NONE)) continue;
        sent.set(arrow.id, goes);
        taken.set(
          arrow.id,
          goes.map(arrow.receive).filter((one) => one !== null),
        );
        next.add(arrow.to);
      }
    }
    stirred = next;
  }
  return { tables, sent };
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
