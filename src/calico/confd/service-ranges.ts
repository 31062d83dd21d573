/** The listed ranges of Services: which ones Calico announces as a whole, and which addresses it may announce at all. */
import type { Address, Family } from '../../net/address.ts';
import { type Prefix, prefixContains } from '../../net/prefix.ts';
import type { BGPConfiguration } from '../objects/configuration.ts';
import { isSingle, type RangeEntry } from '../objects/prefixes.ts';
import type { CalicoBehaviour } from '../objects/version.ts';
import type { RangeLists } from './range-lists.ts';
import { bogusRoute } from './refused-addresses.ts';

export type ServiceRanges = {
  /** Announced as a whole by every node that is not excluded; BIRD does not export them to the kernel. */
  readonly aggregated: readonly RangeEntry[];
  /** Those that excluded nodes announce, too. */
  readonly evenIfExcluded: readonly RangeEntry[];
  /** The ranges of ClusterIPs in force, wherever they are set. */
  readonly clusterIPs: readonly RangeEntry[];
  /** Listed ranges, single addresses included, that the export rules of a route reflector let pass. */
  readonly reflectedRanges: readonly Prefix[];
  readonly allowsLoadBalancer: (address: Address) => boolean;
  readonly allowsExternal: (address: Address) => boolean;
  /** Any entry makes every ClusterIP a host route, whatever the entry is. */
  readonly hasClusterRanges: boolean;
  /** Whether an address has an entry of its own among those for load balancers, or for externalIPs. */
  readonly isSingleLoadBalancer: (address: Address) => boolean;
  readonly isSingleExternal: (address: Address) => boolean;
  /** Without any entry confd's route generator never starts. */
  readonly hasAny: boolean;
};

/** The entries of more than one address. */
export const wideRanges = (entries: readonly RangeEntry[]): readonly RangeEntry[] =>
  entries.filter(({ prefix }) => prefix !== null && !isSingle(prefix));

/** The entries that have a prefix. */
export const prefixesOf = (entries: readonly RangeEntry[]): readonly Prefix[] =>
  entries.map(({ prefix }) => prefix).filter((one) => one !== null);

const containsIn =
  (prefixes: readonly Prefix[]) =>
  (address: Address): boolean =>
    prefixes.some((prefix) => prefixContains(prefix, address));

export function readServiceRanges(
  lists: RangeLists,
  { aggregation }: Pick<BGPConfiguration, 'aggregation'>,
  { reflectedRanges }: Pick<CalicoBehaviour, 'reflectedRanges'>,
): ServiceRanges {
  const { loadBalancerIPs, externalIPs, clusterIPs, isFromEnvironment } = lists;
  const [forLoadBalancers, forExternals] = [prefixesOf(loadBalancerIPs), prefixesOf(externalIPs)];
  return {
    // serviceLoadBalancerAggregation does not concern the ranges of externalIPs and ClusterIPs.
    aggregated: [
      ...(aggregation ? wideRanges(loadBalancerIPs) : []),
      ...wideRanges(externalIPs),
      ...clusterIPs,
    ],
    evenIfExcluded: isFromEnvironment ? clusterIPs : [],
    clusterIPs,
    reflectedRanges: [
      ...(reflectedRanges === 'none' ? [] : forLoadBalancers),
      ...(reflectedRanges === 'all' ? forExternals : []),
    ],
    allowsLoadBalancer: containsIn(forLoadBalancers),
    allowsExternal: containsIn(forExternals),
    hasClusterRanges: clusterIPs.length > 0,
    isSingleLoadBalancer: containsIn(forLoadBalancers.filter(isSingle)),
    isSingleExternal: containsIn(forExternals.filter(isSingle)),
    hasAny: loadBalancerIPs.length + externalIPs.length + clusterIPs.length > 0,
  };
}

/** The ranges that the node announces as a whole: BIRD ignores bogus ones. */
export const aggregatedPrefixes = (
  { aggregated, evenIfExcluded }: ServiceRanges,
  { isExcluded }: { readonly isExcluded: boolean },
  family: Family,
): readonly Prefix[] =>
  prefixesOf(isExcluded ? evenIfExcluded : aggregated).filter(
    (one) => one.family === family && bogusRoute(one) === null,
  );
