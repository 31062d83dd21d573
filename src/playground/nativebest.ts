/** Which of several ways to a prefix a router takes: all that are equally good (RFC 4271 9.1.2, and ECMP). */
import { compareText } from '../base/text.ts';
import { pathLength } from '../routes/aspath.ts';
import { WELL_KNOWN } from '../routes/community.ts';
import { asLinkBandwidth } from '../routes/extended.ts';
import type { PathAttributes } from '../routes/path.ts';

/** What one node says of a prefix. */
export type Offered = {
  readonly node: string;
  /** Told inside of the AS. */
  readonly internal: boolean;
  readonly attributes: PathAttributes;
};

export type Way = {
  readonly node: string;
  /** In Gbit/s, what its part of the traffic is by; null where all parts are the same. */
  readonly weight: number | null;
  /** It goes away soon (RFC 8326), and there is no better one. */
  readonly isLeaving: boolean;
};

/** By the names of nodes. */
export function bestWays(offered: readonly Offered[]): readonly Way[] {
  const preferred = least(offered, (one) => -preferenceOf(one));
  const short = least(preferred, ({ attributes }) => pathLength(attributes.asPath));
  const known = least(short, ({ attributes }) => ORIGINS.indexOf(attributes.origin));
  const near = known.filter((one) => !known.some((other) => isNearer(other, one)));
  const best = least(near, ({ internal }) => (internal ? 1 : 0));
  const weights = best.map(weightOf);
  // Where one of them says nothing there is nothing to compare with (draft-ietf-idr-link-bandwidth).
  const isWeighted = !weights.includes(null);
  return best
    .map((one, index) => ({
      node: one.node,
      weight: isWeighted ? (weights[index] ?? null) : null,
      isLeaving: isLeaving(one),
    }))
    .sort((a, b) => compareText(a.node, b.node));
}

const ORIGINS = ['igp', 'egp', 'incomplete'] as const;

/** What routers take where nothing is said. */
const LOCAL_PREF_DEFAULT = 100;

const isLeaving = ({ attributes }: Offered): boolean =>
  attributes.communities.includes(WELL_KNOWN['graceful-shutdown']);

/** RFC 8326 4.3: who is asked to prefer others does so by the lowest preference there is. */
const preferenceOf = (one: Offered): number =>
  isLeaving(one) ? 0 : (one.attributes.localPref ?? LOCAL_PREF_DEFAULT);

/** MULTI_EXIT_DISC is compared between ways into one AS alone; none said counts as 0 (RFC 4271 9.1.2.2 c). */
const isNearer = (a: Offered, b: Offered): boolean =>
  neighbourOf(a) === neighbourOf(b) && (a.attributes.med ?? 0) < (b.attributes.med ?? 0);

const neighbourOf = ({ attributes }: Offered): number | null => attributes.asPath[0]?.asns[0] ?? null;

/** Routers print what a link carries in bits. */
const BYTES_PER_GIGABIT = 125_000_000;

function weightOf({ attributes }: Offered): number | null {
  const said = attributes.extendedCommunities.map(asLinkBandwidth).find((one) => one !== null);
  return said === undefined ? null : said.bytesPerSecond / BYTES_PER_GIGABIT;
}

function least<T>(items: readonly T[], rankOf: (item: T) => number): readonly T[] {
  const lowest = Math.min(...items.map(rankOf));
  return items.filter((item) => rankOf(item) === lowest);
}
