/**
 * Conflicts of LOCAL_PREF: one route cannot have two values of it.
 *
 * As in MetalLB, advertisements without serviceSelectors are compared as such: two of them that cover one pool with the
 * same aggregation length, for a common peer and node, must agree. Where one of the two has serviceSelectors, the conflict
 * is decided for each Service that both select (`decision/should-announce.ts`).
 */
import type { Family } from '../../net/address.ts';
import type { ResolvedAdvertisement } from './advertisement.ts';
import type { ConflictRules } from './last-known-good.ts';
import type { AnnounceIssue } from './object-issue.ts';

const FAMILIES: readonly Family[] = [4, 6];

const sharesPeer = (a: ResolvedAdvertisement, b: ResolvedAdvertisement): boolean =>
  a.peers === null || b.peers === null || [...a.peers].some((name) => b.peers?.has(name) === true);

/** Whether two advertisements give one prefix of this family different values for one peer. */
export const hasLocalPrefConflict = (
  a: ResolvedAdvertisement,
  b: ResolvedAdvertisement,
  family: Family,
): boolean => a.localPref !== b.localPref && a.lengths[family] === b.lengths[family] && sharesPeer(a, b);

/** For two advertisements in force on one node. */
function areContradictory(a: ResolvedAdvertisement, b: ResolvedAdvertisement): boolean {
  if (a.serviceSelectors.length > 0 || b.serviceSelectors.length > 0) return false;
  const families = FAMILIES.filter((family) => hasLocalPrefConflict(a, b, family));
  if (families.length === 0) return false;
  return [...a.coveredPools].some(
    ([name, pool]) => b.coveredPools.has(name) && pool.ranges.some(({ family }) => families.includes(family)),
  );
}

/** Everything that `areContradictory` reads, as text. */
const conflictInputs = ({
  lengths,
  localPref,
  peers,
  serviceSelectors,
  coveredPools,
}: ResolvedAdvertisement): string =>
  JSON.stringify([
    lengths,
    localPref,
    peers === null ? null : [...peers].sort(),
    serviceSelectors.length > 0,
    [...coveredPools]
      .map(([name, { ranges }]) => [name, new Set(ranges.map(({ family }) => family)).size])
      .sort(),
  ]);

export const LOCAL_PREF_CONFLICT_RULES: ConflictRules<ResolvedAdvertisement> = {
  isUnchanged: (a, b) => conflictInputs(a) === conflictInputs(b),
  findConflict: (one, accepted) => {
    const other = accepted.find((existing) => areContradictory(one, existing));
    return other === undefined ? null : localPrefIssue(one, other);
  },
};

/** The text is MetalLB's, its typing error included. */
function localPrefIssue(one: ResolvedAdvertisement, other: ResolvedAdvertisement): AnnounceIssue {
  const metallbText = `invalid local preference ${one.localPref}: local preferernce ${other.localPref} was already set for the same type of BGP update. Check existing BGP advertisements with common pools and aggregation lengths`;
  return { path: 'spec.localPref', message: `${metallbText} (${JSON.stringify(other.name)})`, metallbText };
}
