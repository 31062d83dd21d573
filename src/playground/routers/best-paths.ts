/** This file selects the best paths to a prefix (RFC 4271 9.1.2). All equally good paths are selected (ECMP). */
import { compareText } from '../../base/text.ts';
import { asPathLength } from '../../bgp/attributes/as-path.ts';
import { WELL_KNOWN_COMMUNITIES } from '../../bgp/attributes/community.ts';
import { readLinkBandwidth } from '../../bgp/attributes/extended-community.ts';
import type { PathAttributes } from '../../bgp/attributes/path.ts';

/** The path to a prefix that one node advertises. */
export type OfferedPath = {
  readonly node: string;
  /** Whether it was learned over an internal session (iBGP). */
  readonly internal: boolean;
  readonly attributes: PathAttributes;
};

export type SelectedPath = {
  readonly node: string;
  /** The weight of the path in Gbit/s of link bandwidth; null where all paths have the same weight. */
  readonly weight: number | null;
  /**
   * Whether the path has the GRACEFUL_SHUTDOWN community (RFC 8326); it is selected only where no other path exists.
   */
  readonly isDraining: boolean;
};

/** The best paths, sorted by the names of nodes. */
export function selectBestPaths(offered: readonly OfferedPath[]): readonly SelectedPath[] {
  const byLocalPref = lowestBy(offered, (one) => -localPrefOf(one));
  const byPathLength = lowestBy(byLocalPref, ({ attributes }) => asPathLength(attributes.asPath));
  const byOrigin = lowestBy(byPathLength, ({ attributes }) => ORIGINS.indexOf(attributes.origin));
  const byMed = byOrigin.filter((one) => !byOrigin.some((other) => hasLowerMed(other, one)));
  const best = lowestBy(byMed, ({ internal }) => (internal ? 1 : 0));
  const weights = best.map(weightOf);
  // Weights are used only where every path has a link bandwidth (draft-ietf-idr-link-bandwidth).
  const isWeighted = !weights.includes(null);
  return best
    .map((one, index) => ({
      node: one.node,
      weight: isWeighted ? (weights[index] ?? null) : null,
      isDraining: isGracefulShutdown(one),
    }))
    .sort((a, b) => compareText(a.node, b.node));
}

const ORIGINS = ['igp', 'egp', 'incomplete'] as const;

/** The usual value of routers where the attribute is absent. */
const DEFAULT_LOCAL_PREF = 100;

const isGracefulShutdown = ({ attributes }: OfferedPath): boolean =>
  attributes.communities.includes(WELL_KNOWN_COMMUNITIES['graceful-shutdown']);

/** The receiver of GRACEFUL_SHUTDOWN sets LOCAL_PREF to 0 (RFC 8326 4.3). */
const localPrefOf = (one: OfferedPath): number =>
  isGracefulShutdown(one) ? 0 : (one.attributes.localPref ?? DEFAULT_LOCAL_PREF);

/** MULTI_EXIT_DISC is compared only between paths of one neighbouring AS; an absent one is 0 (RFC 4271 9.1.2.2 c). */
const hasLowerMed = (a: OfferedPath, b: OfferedPath): boolean =>
  neighbourAsOf(a) === neighbourAsOf(b) && (a.attributes.med ?? 0) < (b.attributes.med ?? 0);

const neighbourAsOf = ({ attributes }: OfferedPath): number | null => attributes.asPath[0]?.asns[0] ?? null;

/** Routers print link bandwidth in bits; the community has bytes. */
const BYTES_PER_GIGABIT = 125_000_000;

function weightOf({ attributes }: OfferedPath): number | null {
  const bandwidth = attributes.extendedCommunities.map(readLinkBandwidth).find((one) => one !== null);
  return bandwidth === undefined ? null : bandwidth.bytesPerSecond / BYTES_PER_GIGABIT;
}

function lowestBy<T>(items: readonly T[], rankOf: (item: T) => number): readonly T[] {
  const lowest = Math.min(...items.map(rankOf));
  return items.filter((item) => rankOf(item) === lowest);
}
