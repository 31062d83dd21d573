/** Kinds by API group: one kind name exists in several groups, such as BGPPeer of Calico and of MetalLB. */
import { type Raw, textOf } from '../../base/json.ts';
import { CALICO_GROUPS, parseApiVersion } from '../../objects/api-group.ts';

const CALICO = CALICO_GROUPS.map(({ group }) => group);

/** The groups of each kind that is read. A kind that is not listed has no namesake. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  ...groupsOf(['ConfigMap', 'Namespace', 'Node', 'Secret', 'Service'], ['']),
  ...groupsOf(['EndpointSlice'], ['discovery.k8s.io']),
  ...groupsOf(['DaemonSet', 'Deployment'], ['apps']),
  ...groupsOf(['ServiceCIDR'], ['networking.k8s.io']),
  ...groupsOf(['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'], ['rbac.authorization.k8s.io']),
  ...groupsOf(['BGPAdvertisement', 'IPAddressPool'], ['metallb.io']),
  ...groupsOf(['Installation'], ['operator.tigera.io']),
  ...groupsOf(['BGPConfiguration', 'BGPFilter', 'BGPPeer'], CALICO),
  ...groupsOf(['BlockAffinity', 'IPPool', 'IPReservation'], CALICO),
  ...groupsOf(['CalicoNodeStatus', 'ClusterInformation', 'FelixConfiguration'], CALICO),
  ...groupsOf(['DatastoreMigration', 'KubeControllersConfiguration'], CALICO),
};

function groupsOf(
  kinds: readonly string[],
  groups: readonly string[],
): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(kinds.map((kind) => [kind, groups]));
}

/**
 * The kind as checks name it: `BGPPeer` for Calico's, `BGPPeer.metallb.io` (as kubectl writes it) for a namesake in another
 * group. An object without apiVersion is taken to be of the group that is expected.
 */
export function resourceKind(raw: Raw): string {
  const [kind, apiVersion] = [textOf(raw['kind']), textOf(raw['apiVersion'])];
  const groups = Object.hasOwn(GROUPS, kind) ? GROUPS[kind] : undefined;
  const { group } = parseApiVersion(apiVersion);
  return apiVersion === '' || groups === undefined || groups.includes(group)
    ? kind
    : `${kind}.${group === '' ? 'core' : group}`;
}
