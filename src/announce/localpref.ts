/**
 * One route cannot have two values of LOCAL_PREF.
 *
 * MetalLB judges advertisements without serviceSelectors by themselves: where two of them meet on a pool, with
 * the same length, on a peer and a node, they have to agree. Where one has serviceSelectors, each Service that
 * both of them select is judged instead.
 */
import type { Family } from '../net/address.ts';
import type { Advertisement } from './advertisement.ts';
import type { Fault } from './complaint.ts';
import type { Rules } from './incumbents.ts';

const FAMILIES: readonly Family[] = [4, 6];

const sharePeer = (a: Advertisement, b: Advertisement): boolean =>
  a.peers === null || b.peers === null || [...a.peers].some((name) => b.peers?.has(name) === true);

/** Whether both would say something else of one prefix of this family to one peer. */
export const disagree = (a: Advertisement, b: Advertisement, family: Family): boolean =>
  a.localPref !== b.localPref && a.lengths[family] === b.lengths[family] && sharePeer(a, b);

/** For two that are in force on one node: only those are ever compared. */
function contradict(a: Advertisement, b: Advertisement): boolean {
  if (a.serviceSelectors.length > 0 || b.serviceSelectors.length > 0) return false;
  const families = FAMILIES.filter((family) => disagree(a, b, family));
  if (families.length === 0) return false;
  return [...a.coverage].some(
    ([name, pool]) => b.coverage.has(name) && pool.ranges.some(({ family }) => families.includes(family)),
  );
}

/** All that `contradict` looks at. */
const reachOf = ({ lengths, localPref, peers, serviceSelectors, coverage }: Advertisement): string =>
  JSON.stringify([
    lengths,
    localPref,
    peers === null ? null : [...peers].sort(),
    serviceSelectors.length > 0,
    [...coverage]
      .map(([name, { ranges }]) => [name, new Set(ranges.map(({ family }) => family)).size])
      .sort(),
  ]);

export const ONE_LOCAL_PREF: Rules<Advertisement> = {
  same: (a, b) => reachOf(a) === reachOf(b),
  clash: (one, standing) => {
    const other = standing.find((standing_) => contradict(one, standing_));
    return other === undefined ? null : clashFault(one, other);
  },
};

/** The text is MetalLB's, its slip of the pen included. */
function clashFault(one: Advertisement, other: Advertisement): Fault {
  const text = `invalid local preference ${one.localPref}: local preferernce ${other.localPref} was already set for the same type of BGP update. Check existing BGP advertisements with common pools and aggregation lengths`;
  return { path: 'spec.localPref', message: `${text} (${JSON.stringify(other.name)})`, text };
}
