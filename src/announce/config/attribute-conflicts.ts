/**
 * Conflicts of path attributes: one route cannot have two values of LOCAL_PREF, or two lengths of its AS path.
 *
 * As in MetalLB, advertisements without serviceSelectors are compared as such: two of them that cover one pool with the
 * same aggregation length, for a common peer and node, must agree. Where one of the two has serviceSelectors, the conflict
 * is decided for each Service that both select (`decision/should-announce.ts`).
 */
import { quoted } from '../../base/printable.ts';
import type { Family } from '../../net/address.ts';
import type { AddressRange } from '../../net/range.ts';
import type { ResolvedAdvertisement } from './advertisement.ts';
import type { ConflictRules } from './last-known-good.ts';
import type { AnnounceIssue } from './object-issue.ts';

/** The fields of a BGPAdvertisement that must agree. */
export type ConflictingField = 'localPref' | 'asPathPrepend';

const FAMILIES: readonly Family[] = [4, 6];

const sharesPeer = (a: ResolvedAdvertisement, b: ResolvedAdvertisement): boolean =>
  a.peers === null || b.peers === null || [...a.peers].some((name) => b.peers?.has(name) === true);

/** The field that gives one prefix of this family different values for one peer; null where all agree. */
export function conflictingField(
  a: ResolvedAdvertisement,
  b: ResolvedAdvertisement,
  family: Family,
): ConflictingField | null {
  if (a.lengths[family] !== b.lengths[family] || !sharesPeer(a, b)) return null;
  if (a.localPref !== b.localPref) return 'localPref';
  return a.spec.asPathPrepend === b.spec.asPathPrepend ? null : 'asPathPrepend';
}

/** For two advertisements in force on one node. */
function contradiction(a: ResolvedAdvertisement, b: ResolvedAdvertisement): ConflictingField | null {
  if (a.serviceSelectors.length > 0 || b.serviceSelectors.length > 0) return null;
  for (const family of FAMILIES) {
    const field = conflictingField(a, b, family);
    if (field !== null && sharesPool(a, b, family)) return field;
  }
  return null;
}

const sharesPool = (a: ResolvedAdvertisement, b: ResolvedAdvertisement, wanted: Family): boolean =>
  [...a.coveredPools].some(([name, { ranges }]) => b.coveredPools.has(name) && hasFamily(ranges, wanted));

const hasFamily = (ranges: readonly AddressRange[], wanted: Family): boolean =>
  ranges.some(({ family }) => family === wanted);

/** Everything that `contradiction` reads, as text. */
const conflictInputs = ({
  lengths,
  localPref,
  peers,
  serviceSelectors,
  coveredPools,
  spec: { asPathPrepend },
}: ResolvedAdvertisement): string =>
  JSON.stringify([
    lengths,
    localPref,
    asPathPrepend,
    peers === null ? null : [...peers].sort(),
    serviceSelectors.length > 0,
    [...coveredPools]
      .map(([name, { ranges }]) => [name, FAMILIES.filter((one) => hasFamily(ranges, one))])
      .sort(),
  ]);

export const ATTRIBUTE_CONFLICT_RULES: ConflictRules<ResolvedAdvertisement> = {
  isUnchanged: (a, b) => conflictInputs(a) === conflictInputs(b),
  findConflict: (one, accepted) => {
    for (const other of accepted) {
      const field = contradiction(one, other);
      if (field !== null) return conflictIssue(field, one, other);
    }
    return null;
  },
};

/** The text is MetalLB's, its typing error included. */
function conflictIssue(
  field: ConflictingField,
  one: ResolvedAdvertisement,
  other: ResolvedAdvertisement,
): AnnounceIssue {
  const values =
    field === 'localPref'
      ? `invalid local preference ${one.localPref}: local preferernce ${other.localPref}`
      : `invalid as path prepend ${one.spec.asPathPrepend ?? 0}: as path prepend ${other.spec.asPathPrepend ?? 0}`;
  const metallbText = `${values} was already set for the same type of BGP update. Check existing BGP advertisements with common pools and aggregation lengths`;
  return { path: `spec.${field}`, message: `${metallbText} (${quoted(other.name)})`, metallbText };
}
