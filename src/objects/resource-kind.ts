/**
 * Kinds by API group: one kind name exists in several groups, such as BGPPeer of Calico and of MetalLB. Nothing compares the kind of
 * an object without its group.
 */

import { type Raw, textOf } from '../base/json.ts';
import { ownValue } from '../base/own-value.ts';
import { CALICO_GROUPS, parseApiVersion } from './api-group.ts';

const CALICO = CALICO_GROUPS.map(({ group }) => group);

/** The groups of each kind that is read. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  ...groupsOf(['ConfigMap', 'Event', 'Namespace', 'Node', 'Pod', 'Secret', 'Service'], ['']),
  ...groupsOf(['EndpointSlice'], ['discovery.k8s.io']),
  ...groupsOf(['DaemonSet', 'Deployment'], ['apps']),
  ...groupsOf(['Lease'], ['coordination.k8s.io']),
  ...groupsOf(['ServiceCIDR'], ['networking.k8s.io']),
  ...groupsOf(['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'], ['rbac.authorization.k8s.io']),
  ...groupsOf(['CustomResourceDefinition'], ['apiextensions.k8s.io']),
  ...groupsOf(['AddressPool', 'BGPAdvertisement', 'IPAddressPool', 'L2Advertisement'], ['metallb.io']),
  ...groupsOf(
    ['BFDProfile', 'Community', 'ConfigurationState', 'ServiceBGPStatus', 'ServiceL2Status'],
    ['metallb.io'],
  ),
  ...groupsOf(['FRRConfiguration'], ['frrk8s.metallb.io']),
  ...groupsOf(['SpeakerStatus'], ['berth.dev']),
  ...groupsOf(['Installation'], ['operator.tigera.io']),
  ...groupsOf(['CiliumLoadBalancerIPPool'], ['cilium.io']),
  ...groupsOf(['BGPConfiguration', 'BGPFilter', 'BGPPeer'], CALICO),
  ...groupsOf(['BlockAffinity', 'IPPool', 'IPReservation'], CALICO),
  ...groupsOf(['CalicoNodeStatus', 'ClusterInformation', 'FelixConfiguration'], CALICO),
  ...groupsOf(['DatastoreMigration', 'KubeControllersConfiguration'], CALICO),
  ...groupsOf(['HelmRelease'], ['helm.toolkit.fluxcd.io']),
  ...groupsOf(['HelmChart'], ['helm.cattle.io', 'source.toolkit.fluxcd.io']),
  ...groupsOf(['Application'], ['argoproj.io']),
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
  const groups = ownValue(GROUPS, kind);
  const { group } = parseApiVersion(apiVersion);
  return apiVersion === '' || groups === undefined || groups.includes(group)
    ? kind
    : `${kind}.${group === '' ? 'core' : group}`;
}

/** The objects of a kind, as `resourceKind` names it. */
export const objectsOfKind = (objects: readonly Raw[], kind: string): readonly Raw[] =>
  objects.filter((raw) => resourceKind(raw) === kind);

/** All kinds that are read from files. */
export const LISTED_KINDS: readonly string[] = Object.keys(GROUPS);
