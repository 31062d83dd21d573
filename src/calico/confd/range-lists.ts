/**
 * The lists of ranges that confd has in force (confd, `client.go`). It takes a list as a whole: while an entry that it would
 * announce as a range cannot be parsed, it keeps the list that it had. Its environment can name a range of ClusterIPs.
 */
import type { BGPConfiguration } from '../objects/configuration.ts';
import { type RangeEntry, readRangeEntry } from '../objects/prefixes.ts';
import type { CalicoBehaviour } from '../objects/version.ts';

export type RangeLists = Pick<BGPConfiguration, 'loadBalancerIPs' | 'externalIPs' | 'clusterIPs'> & {
  /** `clusterIPs` comes from `CALICO_ADVERTISE_CLUSTER_IPS`: nodes announce it whatever their labels are. */
  readonly isFromEnvironment: boolean;
};

/** `CALICO_ADVERTISE_CLUSTER_IPS`; '' where it is not set. */
export type ClusterIPsVariable = string;

export const CLUSTER_IPS_VARIABLE = 'CALICO_ADVERTISE_CLUSTER_IPS';

/** `previous` are the lists in force before; null at a start. */
export function rangeListsInForce(
  { loadBalancerIPs, externalIPs, clusterIPs, aggregation }: BGPConfiguration,
  variable: ClusterIPsVariable,
  { keepsClusterIPsVariable }: Pick<CalicoBehaviour, 'keepsClusterIPsVariable'>,
  previous: RangeLists | null,
): RangeLists {
  const inForce = (list: readonly RangeEntry[], before: readonly RangeEntry[]): readonly RangeEntry[] =>
    list.some(isUnreadableRange) ? before : list;
  return {
    // Without aggregation no range of it is announced, and an entry that cannot be parsed is left out.
    loadBalancerIPs: aggregation
      ? inForce(loadBalancerIPs, previous?.loadBalancerIPs ?? [])
      : loadBalancerIPs,
    externalIPs: inForce(externalIPs, previous?.externalIPs ?? []),
    clusterIPs:
      variable === ''
        ? clusterIPs.some(({ prefix }) => prefix === null)
          ? (previous?.clusterIPs ?? [])
          : clusterIPs
        : keepsClusterIPsVariable
          ? readVariable(variable)
          : [],
    isFromEnvironment: variable !== '' && keepsClusterIPsVariable,
  };
}

/** The whole value is one range. */
export const readVariable = (variable: ClusterIPsVariable): readonly RangeEntry[] =>
  [readRangeEntry(variable)].filter(({ prefix }) => prefix !== null);

/** confd recognizes single addresses by the end of the text, and parses all others. */
export const isUnreadableRange = ({ text, prefix }: RangeEntry): boolean =>
  prefix === null && !text.endsWith(text.includes(':') ? '/128' : '/32');
