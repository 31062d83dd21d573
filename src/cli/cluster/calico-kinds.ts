/** The kinds that are read of a live cluster. */
import {
  BGP_ADVERTISEMENTS,
  DAEMON_SETS,
  DEPLOYMENTS,
  ENDPOINT_SLICES,
  IP_ADDRESS_POOLS,
  NODES,
  type Resource,
  rbacResource,
  SERVICE_CIDRS,
  SERVICES,
} from '../../kube/resource.ts';

/** Without the first two there is nothing to say. */
export const CORE_KINDS: readonly Resource[] = [SERVICES, NODES, ENDPOINT_SLICES, IP_ADDRESS_POOLS];

export const OPTIONAL_KINDS: readonly Resource[] = [
  DAEMON_SETS,
  DEPLOYMENTS,
  SERVICE_CIDRS,
  BGP_ADVERTISEMENTS,
  rbacResource('roles', 'Role'),
  rbacResource('rolebindings', 'RoleBinding'),
  rbacResource('clusterroles', 'ClusterRole'),
  rbacResource('clusterrolebindings', 'ClusterRoleBinding'),
];

const CALICO_KINDS: ReadonlySet<string> = new Set([
  ...['BGPConfiguration', 'BGPPeer', 'BGPFilter', 'IPPool', 'BlockAffinity', 'IPReservation'],
  ...['KubeControllersConfiguration', 'ClusterInformation', 'CalicoNodeStatus', 'FelixConfiguration'],
  'DatastoreMigration',
]);

/** As discovery names it; null for a kind that decides nothing here. */
export const discoveredResource = (
  group: string,
  version: string,
  plural: string,
  kind: string,
): Resource | null => (CALICO_KINDS.has(kind) ? { group, version, plural, kind, namespaced: false } : null);
