/**
 * Propagates the routes to one prefix between BGP speakers until nothing changes (RFC 4271, section 9, as BIRD does it).
 * Prefixes are independent of each other, so each is computed alone.
 */
import { sameItems } from '../../base/list.ts';
import type { Prefix } from '../../net/prefix.ts';
import { comparePaths, type RibPath } from '../bird/rib-path.ts';

/** One direction of a session. */
export type DirectedSession = {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** The id of the other direction: a path is not advertised to the peer that it was learned from. */
  readonly reverse: string;
  /** iBGP, from a speaker that is no reflector: paths learned by iBGP are not advertised on it (RFC 4271, 9.2.1). */
  readonly isPlainIbgp: boolean;
  /** The peer accepts several paths to one prefix (RFC 7911). */
  readonly addPaths: boolean;
  /** The path as it is advertised, null where an export rule rejects it. */
  readonly exportPath: (path: RibPath) => RibPath | null;
  /** The path as the peer stores it, null where the peer rejects it. */
  readonly importPath: (path: RibPath) => RibPath | null;
};

/** The directed sessions, by the speaker that sends. */
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

/** For one prefix: each speaker's paths, the best first, and the paths advertised on each direction of a session. */
export type PropagationResult = {
  readonly ribs: ReadonlyMap<string, readonly RibPath[]>;
  readonly advertised: ReadonlyMap<string, readonly RibPath[]>;
};

/** Limit for routes that oscillate for ever (RFC 3345). The result is then one of the states that they pass through. */
const ROUNDS_MAX = 64;

const NONE: readonly RibPath[] = [];
const NO_ADVERTISEMENTS: ReadonlyMap<string, readonly RibPath[]> = new Map();

/** The speakers whose RIBs are kept, null for all. With a set, the advertised paths are dropped as well. */
export type KeptSpeakers = ReadonlySet<string> | null;

export function propagate(
  graph: SessionGraph,
  originated: ReadonlyMap<string, readonly RibPath[]>,
  kept: KeptSpeakers,
): PropagationResult {
  const advertised = new Map<string, readonly RibPath[]>();
  /** By speaker, then by direction of a session. */
  const adjRibsIn = new Map<string, Map<string, readonly RibPath[]>>();
  const ribs = new Map<string, readonly RibPath[]>();
  /** Speakers that have advertised something on a plain iBGP session. */
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

/** The best path if its export is allowed; all such paths where the peer accepts several. */
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
  return sameItems(a, b, isSamePath);
}

const isSamePath = (a: RibPath, b: RibPath): boolean =>
  a.learnedVia === b.learnedVia &&
  a.nextHop?.bits === b.nextHop?.bits &&
  a.localPref === b.localPref &&
  a.asPath.join() === b.asPath.join() &&
  a.originatorId === b.originatorId &&
  a.clusterList.join() === b.clusterList.join() &&
  a.communities.join() === b.communities.join();

/** A key for maps: different for any two prefixes. */
export const familyPrefixKey = ({ family, bits, length }: Prefix): string =>
  `${family} ${bits.toString(16)}/${length}`;
