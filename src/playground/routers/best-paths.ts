/** Which of several ways to a prefix a router takes: all that are equally good (RFC 4271 9.1.2, and ECMP). */
import { compareText } from '../../base/text.ts';
import { asPathLength } from '../../bgp/attributes/as-path.ts';
import { WELL_KNOWN_COMMUNITIES } from '../../bgp/attributes/community.ts';
import { readLinkBandwidth } from '../../bgp/attributes/extended-community.ts';
import type { PathAttributes } from '../../bgp/attributes/path.ts';

/** What one node says of a prefix. */
export type OfferedPath = {
  readonly node: string;
  /** Told inside of the AS. */
  readonly internal: boolean;
  readonly attributes: PathAttributes;
};

export type SelectedPath = {
  readonly node: string;
  /** In Gbit/s, what its part of the traffic is by; null where all parts are the same. */
  readonly weight: number | null;
  /** It goes away soon (RFC 8326), and there is no better one. */
  readonly isDraining: boolean;
};

/** By the names of nodes. */
export function selectBestPaths(offered: readonly OfferedPath[]): readonly SelectedPath[] {
  const byLocalPref = lowestBy(offered, (one) => -localPrefOf(one));
  const byPathLength = lowestBy(byLocalPref, ({ attributes }) => asPathLength(attributes.asPath));
  const byOrigin = lowestBy(byPathLength, ({ attributes }) => ORIGINS.indexOf(attributes.origin));
  const byMed = byOrigin.filter((one) => !byOrigin.some((other) => hasLowerMed(other, one)));
  const best = lowestBy(byMed, ({ internal }) => (internal ? 1 : 0));
  const weights = best.map(weightOf);
  // Where one of them says nothing there is nothing to compare with (draft-ietf-idr-link-bandwidth).
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

/** What routers take where nothing is said. */
const DEFAULT_LOCAL_PREF = 100;

const isGracefulShutdown = ({ attributes }: OfferedPath): boolean =>
  attributes.communities.includes(WELL_KNOWN_COMMUNITIES['graceful-shutdown']);

/** RFC 8326 4.3: who is asked to prefer others does so by the lowest preference there is. */
const localPrefOf = (one: OfferedPath): number =>
  isGracefulShutdown(one) ? 0 : (one.attributes.localPref ?? DEFAULT_LOCAL_PREF);

/** MULTI_EXIT_DISC is compared between ways into one AS alone; none said counts as 0 (RFC 4271 9.1.2.2 c). */
const hasLowerMed = (a: OfferedPath, b: OfferedPath): boolean =>
  neighbourAsOf(a) === neighbourAsOf(b) && (a.attributes.med ?? 0) < (b.attributes.med ?? 0);

const neighbourAsOf = ({ attributes }: OfferedPath): number | null => attributes.asPath[0]?.asns[0] ?? null;

/** Routers print what a link carries in bits. */
const BYTES_PER_GIGABIT = 125_000_000;

function weightOf({ attributes }: OfferedPath): number | null {
  const bandwidth = attributes.extendedCommunities.map(readLinkBandwidth).find((one) => one !== null);
  return bandwidth === undefined ? null : bandwidth.bytesPerSecond / BYTES_PER_GIGABIT;
}

function lowestBy<T>(items: readonly T[], rankOf: (item: T) => number): readonly T[] {
  const lowest = Math.min(...items.map(rankOf));
  return items.filter((item) => rankOf(item) === lowest);
}
