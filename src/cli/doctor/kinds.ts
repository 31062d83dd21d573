/** The kinds that are read of a live cluster. */
import {
  BGP_ADVERTISEMENTS,
  DAEMON_SETS,
  DEPLOYMENTS,
  ENDPOINT_SLICES,
  NODES,
  POOLS,
  type Resource,
  rbac,
  SERVICE_CIDRS,
  SERVICES,
} from '../../kube/resource.ts';

/** Without the first two there is nothing to say. */
export const CLUSTER_KINDS: readonly Resource[] = [SERVICES, NODES, ENDPOINT_SLICES, POOLS];

export const OTHER_KINDS: readonly Resource[] = [
  DAEMON_SETS,
  DEPLOYMENTS,
  SERVICE_CIDRS,
  BGP_ADVERTISEMENTS,
  rbac('roles', 'Role'),
  rbac('rolebindings', 'RoleBinding'),
  rbac('clusterroles', 'ClusterRole'),
  rbac('clusterrolebindings', 'ClusterRoleBinding'),
];

const CALICO_KINDS: ReadonlySet<string> = new Set([
  ...['BGPConfiguration', 'BGPPeer', 'BGPFilter', 'IPPool', 'BlockAffinity', 'IPReservation'],
  ...['KubeControllersConfiguration', 'ClusterInformation', 'CalicoNodeStatus', 'FelixConfiguration'],
  'DatastoreMigration',
]);

/** As discovery names it; null for a kind that decides nothing here. */
export const resourceOf = (group: string, version: string, plural: string, kind: string): Resource | null =>
  CALICO_KINDS.has(kind) ? { group, version, plural, kind, namespaced: false } : null;
