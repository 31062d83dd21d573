/** The kinds that decide what Calico advertises. */
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
import { apiVersionOf, CALICO_GROUPS } from '../../objects/api-group.ts';

/** Read first: without Services and Nodes nothing can be predicted. */
export const CORE_RESOURCES: readonly Resource[] = [SERVICES, NODES, ENDPOINT_SLICES, IP_ADDRESS_POOLS];

/** Read as far as they are served and permitted. */
export const OPTIONAL_RESOURCES: readonly Resource[] = [
  DAEMON_SETS,
  DEPLOYMENTS,
  SERVICE_CIDRS,
  BGP_ADVERTISEMENTS,
  rbacResource('roles', 'Role'),
  rbacResource('rolebindings', 'RoleBinding'),
  rbacResource('clusterroles', 'ClusterRole'),
  rbacResource('clusterrolebindings', 'ClusterRoleBinding'),
];

/** `projectcalico.org/v3`, then the older API group. Both hold the same objects. */
export const CALICO_API_VERSIONS: readonly string[] = CALICO_GROUPS.map(apiVersionOf);

/** Calico's kinds of which an edit changes routes, or which Services its allocator claims. */
const CALICO_EDIT_KINDS = [
  ...['BGPConfiguration', 'BGPPeer', 'BGPFilter', 'IPPool', 'IPReservation', 'BlockAffinity'],
  ...['ClusterInformation', 'KubeControllersConfiguration'],
];

const CALICO_KINDS: ReadonlySet<string> = new Set([
  ...CALICO_EDIT_KINDS,
  ...['CalicoNodeStatus', 'FelixConfiguration', 'DatastoreMigration'],
]);

/** Kinds beside those of a cluster state of which an edit counts. */
export const ROUTE_KINDS: ReadonlySet<string> = new Set([...CALICO_EDIT_KINDS, 'Node', 'EndpointSlice']);

/** Kinds that `doctor` reads from files, besides those of workloads and RBAC. */
export const DOCTOR_KINDS: ReadonlySet<string> = new Set([
  ...CALICO_KINDS,
  ...CORE_RESOURCES.map(({ kind }) => kind),
]);

/** The resource of a kind that discovery lists; null for one that is not read. */
export const discoveredResource = (
  group: string,
  version: string,
  plural: string,
  kind: string,
): Resource | null => (CALICO_KINDS.has(kind) ? { group, version, plural, kind, namespaced: false } : null);
