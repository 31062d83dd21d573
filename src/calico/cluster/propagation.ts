/**
 * How routes travel between the speakers of BGP until nothing changes any more (RFC 4271, section 9, as BIRD does it).
 * Prefixes do not know of each other, so each travels alone.
 */
import type { Prefix } from '../../net/prefix.ts';
import { comparePaths, type RibPath } from '../bird/rib-path.ts';

/** One direction of a session. */
export type DirectedSession = {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** The other direction: nothing goes back where it came from. */
  readonly reverse: string;
  /** Inside an AS, from a speaker that is no reflector: what it heard inside does not go there (RFC 4271, 9.2.1). */
  readonly isPlainIbgp: boolean;
  /** The neighbour takes more than the best. */
  readonly addPaths: boolean;
  /** Null where the path is not sent. */
  readonly exportPath: (path: RibPath) => RibPath | null;
  /** Null where it is not taken. */
  readonly importPath: (path: RibPath) => RibPath | null;
};

/** Who sends to whom. */
export class SessionGraph {
  readonly #plainIbgpFrom = new Map<string, DirectedSession[]>();
  readonly #othersFrom = new Map<string, DirectedSession[]>();

  constructor(directions: readonly DirectedSession[]) {
    for (const direction of directions)
      appendTo(direction.isPlainIbgp ? this.#plainIbgpFrom : this.#othersFrom, direction.from, direction);
  }

  plainIbgpFrom(speaker: string): readonly DirectedSession[] {
    return this.#plainIbgpFrom.get(speaker) ?? [];
  }

  othersFrom(speaker: string): readonly DirectedSession[] {
    return this.#othersFrom.get(speaker) ?? [];
  }
}

function appendTo(lists: Map<string, DirectedSession[]>, speaker: string, direction: DirectedSession): void {
  const list = lists.get(speaker);
  if (list === undefined) lists.set(speaker, [direction]);
  else list.push(direction);
}

/** What each speaker has of one prefix, the best first, and what goes over each arrow. */
export type PropagationResult = {
  readonly ribs: ReadonlyMap<string, readonly RibPath[]>;
  readonly advertised: ReadonlyMap<string, readonly RibPath[]>;
};

/** Routes that go on changing for ever (RFC 3345) are cut off here; what stands then is one of the states. */
const ROUNDS_MAX = 64;

const NONE: readonly RibPath[] = [];
const NO_ADVERTISEMENTS: ReadonlyMap<string, readonly RibPath[]> = new Map();

/** Of whom tables are kept, where not of everybody; then what was sent is forgotten, too. */
export type KeptSpeakers = ReadonlySet<string> | null;

export function propagate(
  graph: SessionGraph,
  originated: ReadonlyMap<string, readonly RibPath[]>,
  kept: KeptSpeakers,
): PropagationResult {
  const advertised = new Map<string, readonly RibPath[]>();
  /** By speaker, then by arrow. */
  const adjRibsIn = new Map<string, Map<string, readonly RibPath[]>>();
  const ribs = new Map<string, readonly RibPath[]>();
  /** Who has told the others of its AS something. */
  const hasAdvertisedIbgp = new Set<string>();
  let dirty = new Set([...originated.keys()]);
  const advertise = (rib: readonly RibPath[], direction: DirectedSession, next: Set<string>): void => {
    const paths = selectAdvertised(rib, direction);
    if (haveSamePaths(paths, advertised.get(direction.id) ?? NONE)) return;
    advertised.set(direction.id, paths);
    const adjRibIn = adjRibsIn.get(direction.to) ?? new Map<string, readonly RibPath[]>();
    adjRibsIn.set(direction.to, adjRibIn);
    adjRibIn.set(
      direction.id,
      paths.map(direction.importPath).filter((one) => one !== null),
    );
    next.add(direction.to);
  };
  for (let round = 0; dirty.size > 0 && round < ROUNDS_MAX; round++) {
    const next = new Set<string>();
    for (const speaker of dirty) {
      const learned = [...(adjRibsIn.get(speaker)?.values() ?? [])].flat();
      const rib = [...(originated.get(speaker) ?? NONE), ...learned].sort(comparePaths);
      ribs.set(speaker, rib);
      for (const direction of graph.othersFrom(speaker)) advertise(rib, direction, next);
      const hasOwnOrExternalPath = rib.some((path) => path.source !== 'bgp' || path.isExternal);
      if (!hasOwnOrExternalPath && !hasAdvertisedIbgp.has(speaker)) continue;
      hasAdvertisedIbgp.add(speaker);
      for (const direction of graph.plainIbgpFrom(speaker)) advertise(rib, direction, next);
    }
    dirty = next;
  }
  if (kept === null) return { ribs, advertised };
  return { ribs: new Map([...ribs].filter(([speaker]) => kept.has(speaker))), advertised: NO_ADVERTISEMENTS };
}

/** Only the best, if it may be sent at all, but where the neighbour takes them all. */
function selectAdvertised(
  rib: readonly RibPath[],
  { addPaths, reverse, exportPath }: DirectedSession,
): readonly RibPath[] {
  const offered = addPaths ? rib : rib.slice(0, 1);
  return offered
    .filter(({ learnedVia }) => learnedVia !== reverse)
    .map(exportPath)
    .filter((one) => one !== null);
}

function haveSamePaths(a: readonly RibPath[], b: readonly RibPath[]): boolean {
  return a.length === b.length && a.every((one, index) => isSamePath(one, b[index] as RibPath));
}

const isSamePath = (a: RibPath, b: RibPath): boolean =>
  a.learnedVia === b.learnedVia &&
  a.nextHop?.bits === b.nextHop?.bits &&
  a.localPref === b.localPref &&
  a.asPath.join() === b.asPath.join() &&
  a.communities.join() === b.communities.join();

/** Prefixes with the same paths at the same speakers travel alike; `key` tells them apart. */
export const familyPrefixKey = ({ family, bits, length }: Prefix): string =>
  `${family} ${bits.toString(16)}/${length}`;
