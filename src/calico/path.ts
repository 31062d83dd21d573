/** One way to a prefix, as a speaker of BGP has it in its table. */
import type { Address } from '../net/address.ts';
import type { Prefix } from '../net/prefix.ts';

export type Path = {
  readonly prefix: Prefix;
  /** Where it came from: a static route, an interface, the kernel's own table, or a neighbour. */
  readonly source: 'static' | 'direct' | 'kernel' | 'bgp';
  /** The session it was learned by; '' for one of its own. */
  readonly via: string;
  /** Learned from another AS. */
  readonly external: boolean;
  /** Null for one of its own. */
  readonly nextHop: Address | null;
  readonly asPath: readonly number[];
  /** Standard and large ones. */
  readonly communities: readonly string[];
  /** Null where it is as by default. */
  readonly localPref: number | null;
  /** The router ID and the address of whom it was learned from, for the last tie. */
  readonly rank: readonly [routerId: number, address: bigint];
  /** Of the interface it points to; '' where that does not matter. */
  readonly interface: string;
};

export const ownPath = (prefix: Prefix, source: Exclude<Path['source'], 'bgp'>): Path => ({
  prefix,
  source,
  via: '',
  external: false,
  nextHop: null,
  asPath: [],
  communities: [],
  localPref: null,
  rank: [0, 0n],
  interface: '',
});

/** BIRD's preferences of its protocols. */
const PREFERENCE = { direct: 240, static: 200, bgp: 100, kernel: 10 } as const;
const LOCAL_PREF = 100;

/** Negative where `a` is better (RFC 4271, 9.1.2.2, as BIRD asks it). */
export function comparePaths(a: Path, b: Path): number {
  return (
    comparePlaces(a, b) ||
    a.rank[0] - b.rank[0] ||
    (a.rank[1] < b.rank[1] ? -1 : a.rank[1] > b.rank[1] ? 1 : 0)
  );
}

/** 0 where both may be used at once (ECMP). */
export function comparePlaces(a: Path, b: Path): number {
  return (
    PREFERENCE[b.source] - PREFERENCE[a.source] ||
    (b.localPref ?? LOCAL_PREF) - (a.localPref ?? LOCAL_PREF) ||
    a.asPath.length - b.asPath.length ||
    Number(b.external) - Number(a.external)
  );
}
