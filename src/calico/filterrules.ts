/** BGPFilters: rules in order, and what the first that fits does to a route. */
import type { Prefix } from '../net/prefix.ts';
import { samePrefix } from '../net/prefix.ts';
import type { FilterRule } from './objects/peers.ts';
import { covers } from './objects/prefixes.ts';
import type { Path } from './path.ts';

/** Priorities count down from here in local preferences (confd). */
const PREFERENCE_BASE = 2_147_483_647;

export type FilterAnswer =
  | { readonly verdict: 'accept'; readonly path: Path }
  | { readonly verdict: 'reject' }
  /** No rule fits: what Calico does by itself follows. */
  | { readonly verdict: 'pass' };

export function applyRules(
  rules: readonly FilterRule[],
  path: Path,
  { ebgp }: { readonly ebgp: boolean },
): FilterAnswer {
  const rule = rules.find((one) => fitsRule(one, path, ebgp));
  if (rule === undefined) return { verdict: 'pass' };
  return rule.accepts ? { verdict: 'accept', path: operated(rule, path) } : { verdict: 'reject' };
}

function fitsRule(rule: FilterRule, path: Path, ebgp: boolean): boolean {
  if (rule.remoteOnly && path.source !== 'bgp') return false;
  if (rule.interface !== '' && rule.interface !== path.interface) return false;
  if (rule.peerType !== '' && (rule.peerType === 'eBGP') !== ebgp) return false;
  if (rule.community !== '' && !path.communities.includes(rule.community)) return false;
  if (rule.asPathPrefix.some((as, index) => path.asPath[index] !== as)) return false;
  if (rule.priority !== null && path.localPref !== PREFERENCE_BASE - rule.priority) return false;
  return rule.range === null || fitsRange(rule, path.prefix);
}

function fitsRange({ range, operator, lengths }: FilterRule, prefix: Prefix): boolean {
  const wanted = range?.prefix ?? null;
  if (wanted === null) return false;
  if (operator === 'Equal' || operator === 'NotEqual') {
    return samePrefix(wanted, prefix) === (operator === 'Equal');
  }
  // BIRD's `net ~ [ prefix{min,max} ]`: the pattern is the range, its lengths bound those of the route.
  const { min, max } = lengths ?? { min: null, max: null };
  const inside =
    covers(wanted, prefix) && prefix.length >= (min ?? wanted.length) && prefix.length <= (max ?? 128);
  return inside === (operator !== 'NotIn');
}

function operated({ operations }: FilterRule, path: Path): Path {
  let { communities, asPath, localPref } = path;
  for (const operation of operations) {
    if (operation.kind === 'community') communities = withAll(communities, [operation.value]);
    else if (operation.kind === 'prepend') asPath = [...operation.path, ...asPath];
    else localPref = PREFERENCE_BASE - operation.value;
  }
  return { ...path, communities, asPath, localPref };
}

export const withAll = (communities: readonly string[], more: readonly string[]): readonly string[] => [
  ...new Set([...communities, ...more]),
];
