/**
 * One route cannot have two values of LOCAL_PREF.
 *
 * MetalLB judges advertisements without serviceSelectors by themselves: where two of them meet on a pool, with
 * the same length, on a peer and a node, they have to agree. Where one has serviceSelectors, each Service that
 * both of them select is judged instead.
 */
import type { Family } from '../../net/address.ts';
import type { ResolvedAdvertisement } from './advertisement.ts';
import type { ConflictRules } from './last-known-good.ts';
import type { AnnounceIssue } from './object-issue.ts';

const FAMILIES: readonly Family[] = [4, 6];

const sharesPeer = (a: ResolvedAdvertisement, b: ResolvedAdvertisement): boolean =>
  a.peers === null || b.peers === null || [...a.peers].some((name) => b.peers?.has(name) === true);

/** Whether both would say something else of one prefix of this family to one peer. */
export const hasLocalPrefConflict = (
  a: ResolvedAdvertisement,
  b: ResolvedAdvertisement,
  family: Family,
): boolean => a.localPref !== b.localPref && a.lengths[family] === b.lengths[family] && sharesPeer(a, b);

/** For two that are in force on one node: only those are ever compared. */
function areContradictory(a: ResolvedAdvertisement, b: ResolvedAdvertisement): boolean {
  if (a.serviceSelectors.length > 0 || b.serviceSelectors.length > 0) return false;
  const families = FAMILIES.filter((family) => hasLocalPrefConflict(a, b, family));
  if (families.length === 0) return false;
  return [...a.coveredPools].some(
    ([name, pool]) => b.coveredPools.has(name) && pool.ranges.some(({ family }) => families.includes(family)),
  );
}

/** All that `contradict` looks at. */
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

/** The text is MetalLB's, its slip of the pen included. */
function localPrefIssue(one: ResolvedAdvertisement, other: ResolvedAdvertisement): AnnounceIssue {
  const metallbText = `invalid local preference ${one.localPref}: local preferernce ${other.localPref} was already set for the same type of BGP update. Check existing BGP advertisements with common pools and aggregation lengths`;
  return { path: 'spec.localPref', message: `${metallbText} (${JSON.stringify(other.name)})`, metallbText };
}
