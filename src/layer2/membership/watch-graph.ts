/**
 * Which speakers watch each other by BFD. A few all watch each other. Of many, each one is watched by some of the others, chosen
 * by rendezvous hashing: when the API server shows that a watcher is gone, the next in the order of that node takes its place,
 * and nobody else moves. All compute the same from the same names, also speakers of other versions: the hash never changes.
 */
import { compareText } from '../../base/text.ts';

/** Up to so many speakers, each watches every other one. */
export const FULL_MESH_MAX = 32;

/**
 * Watchers of each speaker in a larger cluster. A session is watched from both of its ends, so that a speaker has twice as many
 * neighbours on average. `docs/decisions/layer2-liveness.md` says why five.
 */
export const WATCHERS = 5;

/** The neighbours of each speaker: a link is watched by both of its ends. */
export type WatchGraph = ReadonlyMap<string, ReadonlySet<string>>;

export type WatchGraphInputs = {
  /** All that are to be watched. */
  readonly speakers: readonly string[];
  /** Those of them that can watch others. */
  readonly watchers: readonly string[];
  readonly isFullMesh: boolean;
};

export function watchGraph({ speakers, watchers, isFullMesh }: WatchGraphInputs): WatchGraph {
  const graph = new Map<string, Set<string>>(speakers.map((name) => [name, new Set()]));
  const link = (a: string, b: string): void => {
    graph.get(a)?.add(b);
    graph.get(b)?.add(a);
  };
  const candidates = watchers.map(hashed);
  for (const name of speakers) {
    if (isFullMesh) for (const other of speakers) if (other !== name) link(name, other);
    if (!isFullMesh) for (const watcher of watchersOf(hashed(name), candidates)) link(name, watcher);
  }
  return graph;
}

type HashedName = { readonly name: string; readonly hash: number };

/** The candidates with the highest weights for this node; of equal ones, those with the lowest names. */
function watchersOf(node: HashedName, candidates: readonly HashedName[]): readonly string[] {
  const best: { readonly name: string; readonly weight: number }[] = [];
  for (const { name, hash } of candidates) {
    if (name === node.name) continue;
    const weight = mix(node.hash, hash);
    const last = best.at(-1);
    if (best.length === WATCHERS && last !== undefined && last.weight > weight) continue;
    best.push({ name, weight });
    best.sort((a, b) => b.weight - a.weight || compareText(a.name, b.name));
    best.length = Math.min(best.length, WATCHERS);
  }
  return best.map(({ name }) => name);
}

const [FNV_OFFSET, FNV_PRIME] = [0x811c9dc5, 0x01000193];

/** FNV-1a over UTF-16 code units: names of Nodes are ASCII. */
function hashed(name: string): HashedName {
  let hash = FNV_OFFSET;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), FNV_PRIME);
  return { name, hash: hash >>> 0 };
}

/** 32 bits that depend on all bits of both, with the finalizer of MurmurHash3. */
function mix(node: number, watcher: number): number {
  let bits = Math.imul(node, 0x9e3779b1) ^ watcher;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** Remembers the last graph: that of thousands of speakers takes a while to compute. */
export class WatchGraphs {
  #key = '';
  #last: WatchGraph = new Map();

  of(inputs: WatchGraphInputs): WatchGraph {
    const key = JSON.stringify([inputs.isFullMesh, inputs.speakers, inputs.watchers]);
    if (key !== this.#key) this.#last = watchGraph(inputs);
    this.#key = key;
    return this.#last;
  }
}
