/** One way to a prefix, as a speaker of BGP has it in its table. */
import type { Address } from '../../net/address.ts';
import type { Prefix } from '../../net/prefix.ts';

export type RibPath = {
  readonly prefix: Prefix;
  /** Where it came from: a static route, an interface, the kernel's own table, or a neighbour. */
  readonly source: 'static' | 'direct' | 'kernel' | 'bgp';
  /** The session it was learned by; '' for one of its own. */
  readonly learnedVia: string;
  /** Learned from another AS. */
  readonly isExternal: boolean;
  /** Null for one of its own. */
  readonly nextHop: Address | null;
  readonly asPath: readonly number[];
  /** Standard and large ones. */
  readonly communities: readonly string[];
  /** Null where it is as by default. */
  readonly localPref: number | null;
  /** The router ID and the address of whom it was learned from, for the last tie. */
  readonly tieBreak: readonly [routerId: number, address: bigint];
  /** Of the interface it points to; '' where that does not matter. */
  readonly interface: string;
};

export const originatePath = (prefix: Prefix, source: Exclude<RibPath['source'], 'bgp'>): RibPath => ({
  prefix,
  source,
  learnedVia: '',
  isExternal: false,
  nextHop: null,
  asPath: [],
  communities: [],
  localPref: null,
  tieBreak: [0, 0n],
  interface: '',
});

/** BIRD's preferences of its protocols. */
const PREFERENCE = { direct: 240, static: 200, bgp: 100, kernel: 10 } as const;
const LOCAL_PREF = 100;

/** Negative where `a` is better (RFC 4271, 9.1.2.2, as BIRD asks it). */
export function comparePaths(a: RibPath, b: RibPath): number {
  return (
    compareEcmp(a, b) ||
    a.tieBreak[0] - b.tieBreak[0] ||
    (a.tieBreak[1] < b.tieBreak[1] ? -1 : a.tieBreak[1] > b.tieBreak[1] ? 1 : 0)
  );
}

/** 0 where both may be used at once (ECMP). */
export function compareEcmp(a: RibPath, b: RibPath): number {
  return (
    PREFERENCE[b.source] - PREFERENCE[a.source] ||
    (b.localPref ?? LOCAL_PREF) - (a.localPref ?? LOCAL_PREF) ||
    a.asPath.length - b.asPath.length ||
    Number(b.isExternal) - Number(a.isExternal)
  );
}
