/** A path in a speaker's RIB, and the decision process that orders paths. */
import type { Address } from '../../net/address.ts';
import type { Prefix } from '../../net/prefix.ts';

export type RibPath = {
  readonly prefix: Prefix;
  /** BIRD's protocol: a static route, an interface, the kernel's table, or a BGP peer. */
  readonly source: 'static' | 'direct' | 'kernel' | 'bgp';
  /** The direction of the session that it was learned on; '' for an originated path. */
  readonly learnedVia: string;
  /** Learned by eBGP. */
  readonly isExternal: boolean;
  /** Null for an originated path. */
  readonly nextHop: Address | null;
  readonly asPath: readonly number[];
  /** Standard (`64512:1`) and large (`64512:1:2`) communities. */
  readonly communities: readonly string[];
  /** LOCAL_PREF; null for the default (100). */
  readonly localPref: number | null;
  /** Router ID and address of the sender, for the last tie breakers (RFC 4271, 9.1.2.2 f and g). */
  readonly tieBreak: readonly [routerId: number, address: bigint];
  /** Router ID of the speaker that brought the path into the AS; null for a path that was not reflected (RFC 4456). */
  readonly originatorId: number | null;
  /** Cluster IDs of the reflectors that it has passed, the last one first. */
  readonly clusterList: readonly string[];
  /** Name of the outgoing interface; '' where it does not matter. */
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
  originatorId: null,
  clusterList: [],
  interface: '',
});

/** BIRD's default preferences of its protocols. */
const PREFERENCE = { direct: 240, static: 200, bgp: 100, kernel: 10 } as const;
const LOCAL_PREF = 100;

/** Negative where `a` is better (RFC 4271, 9.1.2.2, and RFC 4456, section 9, in BIRD's order). */
export function comparePaths(a: RibPath, b: RibPath): number {
  return (
    compareEcmp(a, b) ||
    (a.originatorId ?? a.tieBreak[0]) - (b.originatorId ?? b.tieBreak[0]) ||
    a.clusterList.length - b.clusterList.length ||
    (a.tieBreak[1] < b.tieBreak[1] ? -1 : a.tieBreak[1] > b.tieBreak[1] ? 1 : 0)
  );
}

/** 0 where both paths may be used at once (ECMP). */
export function compareEcmp(a: RibPath, b: RibPath): number {
  return (
    PREFERENCE[b.source] - PREFERENCE[a.source] ||
    (b.localPref ?? LOCAL_PREF) - (a.localPref ?? LOCAL_PREF) ||
    a.asPath.length - b.asPath.length ||
    Number(b.isExternal) - Number(a.isExternal)
  );
}
