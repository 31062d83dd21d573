/** Applies the rules of BGPFilters to a route: the first rule that matches decides. */
import type { Prefix } from '../../net/prefix.ts';
import { samePrefix } from '../../net/prefix.ts';
import type { FilterRule } from '../objects/peers.ts';
import { coversPrefix } from '../objects/prefixes.ts';
import type { RibPath } from './rib-path.ts';

/** A priority becomes LOCAL_PREF by subtraction from this value (confd). */
const PREFERENCE_BASE = 2_147_483_647;

export type FilterResult =
  | { readonly action: 'accept'; readonly path: RibPath }
  | { readonly action: 'reject' }
  /** No rule matches: Calico's own export rules decide. */
  | { readonly action: 'none' };

export function applyRules(
  rules: readonly FilterRule[],
  path: RibPath,
  { ebgp }: { readonly ebgp: boolean },
): FilterResult {
  const rule = rules.find((one) => matchesRule(one, path, ebgp));
  if (rule === undefined) return { action: 'none' };
  return rule.accepts ? { action: 'accept', path: applyOperations(rule, path) } : { action: 'reject' };
}

function matchesRule(rule: FilterRule, path: RibPath, ebgp: boolean): boolean {
  if (rule.remoteOnly && path.source !== 'bgp') return false;
  if (rule.interface !== '' && rule.interface !== path.interface) return false;
  if (rule.peerType !== '' && (rule.peerType === 'eBGP') !== ebgp) return false;
  if (rule.community !== '' && !path.communities.includes(rule.community)) return false;
  if (rule.asPathPrefix.some((as, index) => path.asPath[index] !== as)) return false;
  if (rule.priority !== null && path.localPref !== PREFERENCE_BASE - rule.priority) return false;
  return rule.range === null || matchesRange(rule, path.prefix);
}

function matchesRange({ range, operator, lengths }: FilterRule, prefix: Prefix): boolean {
  const wanted = range?.prefix ?? null;
  if (wanted === null) return false;
  if (operator === 'Equal' || operator === 'NotEqual') {
    return samePrefix(wanted, prefix) === (operator === 'Equal');
  }
  // BIRD's `net ~ [ prefix{min,max} ]`: the pattern is the range, its lengths bound those of the route.
  const { min, max } = lengths ?? { min: null, max: null };
  const isInside =
    coversPrefix(wanted, prefix) && prefix.length >= (min ?? wanted.length) && prefix.length <= (max ?? 128);
  return isInside === (operator !== 'NotIn');
}

function applyOperations({ operations }: FilterRule, path: RibPath): RibPath {
  let { communities, asPath, localPref } = path;
  for (const operation of operations) {
    if (operation.kind === 'community') communities = addCommunities(communities, [operation.value]);
    else if (operation.kind === 'prepend') asPath = [...operation.path, ...asPath];
    else localPref = PREFERENCE_BASE - operation.value;
  }
  return { ...path, communities, asPath, localPref };
}

export const addCommunities = (
  communities: readonly string[],
  added: readonly string[],
): readonly string[] => [...new Set([...communities, ...added])];
