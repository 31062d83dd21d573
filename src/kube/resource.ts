/** The resources that Berth reads or writes, and their paths on the API server. */
import type { CalicoGroup } from '../objects/api-group.ts';

export type Resource = {
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
};

/** `namespace` is null for cluster-scoped objects. */
export type NamespacedName = { readonly namespace: string | null; readonly name: string };

const namespaced = (group: string, version: string, plural: string, kind: string): Resource => ({
  group,
  version,
  plural,
  kind,
  namespaced: true,
});

const clusterScoped = (group: string, version: string, plural: string, kind: string): Resource => ({
  group,
  version,
  plural,
  kind,
  namespaced: false,
});

export const SERVICES = namespaced('', 'v1', 'services', 'Service');
export const NAMESPACES = clusterScoped('', 'v1', 'namespaces', 'Namespace');
export const EVENTS = namespaced('', 'v1', 'events', 'Event');
export const PODS = namespaced('', 'v1', 'pods', 'Pod');
export const CONFIG_MAPS = namespaced('', 'v1', 'configmaps', 'ConfigMap');
export const NODES = clusterScoped('', 'v1', 'nodes', 'Node');
export const LEASES = namespaced('coordination.k8s.io', 'v1', 'leases', 'Lease');
export const DEPLOYMENTS = namespaced('apps', 'v1', 'deployments', 'Deployment');
export const DAEMON_SETS = namespaced('apps', 'v1', 'daemonsets', 'DaemonSet');
export const ENDPOINT_SLICES = namespaced('discovery.k8s.io', 'v1', 'endpointslices', 'EndpointSlice');
export const SECRETS = namespaced('', 'v1', 'secrets', 'Secret');

const ALWAYS_SERVED: readonly string[] = ['', 'apps', 'coordination.k8s.io', 'discovery.k8s.io'];

/** Whether every API server has it, in each version that Berth supports: one that does not is none of Kubernetes. */
export const isAlwaysServed = ({ group }: Resource): boolean => ALWAYS_SERVED.includes(group);

/** Roles and role bindings; listed over all namespaces. */
export const rbacResource = (plural: string, kind: string): Resource =>
  clusterScoped('rbac.authorization.k8s.io', 'v1', plural, kind);

/** Pools from which Cilium assigns addresses to Services, in both versions. */
export const CILIUM_POOLS: readonly Resource[] = ['v2', 'v2alpha1'].map((version) =>
  clusterScoped('cilium.io', version, 'ciliumloadbalancerippools', 'CiliumLoadBalancerIPPool'),
);
/** The ranges of cluster IPs, since Kubernetes 1.33. */
export const SERVICE_CIDRS = clusterScoped('networking.k8s.io', 'v1', 'servicecidrs', 'ServiceCIDR');
export const VALIDATING_WEBHOOK_CONFIGURATIONS = clusterScoped(
  'admissionregistration.k8s.io',
  'v1',
  'validatingwebhookconfigurations',
  'ValidatingWebhookConfiguration',
);
export const CUSTOM_RESOURCE_DEFINITIONS = clusterScoped(
  'apiextensions.k8s.io',
  'v1',
  'customresourcedefinitions',
  'CustomResourceDefinition',
);
export const TOKEN_REVIEWS = clusterScoped('authentication.k8s.io', 'v1', 'tokenreviews', 'TokenReview');
export const SUBJECT_ACCESS_REVIEWS = clusterScoped(
  'authorization.k8s.io',
  'v1',
  'subjectaccessreviews',
  'SubjectAccessReview',
);
export const IP_ADDRESS_POOLS = namespaced('metallb.io', 'v1beta1', 'ipaddresspools', 'IPAddressPool');
export const L2_ADVERTISEMENTS = namespaced('metallb.io', 'v1beta1', 'l2advertisements', 'L2Advertisement');
export const BGP_ADVERTISEMENTS = namespaced(
  'metallb.io',
  'v1beta1',
  'bgpadvertisements',
  'BGPAdvertisement',
);
export const BGP_PEERS = namespaced('metallb.io', 'v1beta2', 'bgppeers', 'BGPPeer');
export const COMMUNITIES = namespaced('metallb.io', 'v1beta1', 'communities', 'Community');
export const BFD_PROFILES = namespaced('metallb.io', 'v1beta1', 'bfdprofiles', 'BFDProfile');
export const SERVICE_BGP_STATUSES = namespaced(
  'metallb.io',
  'v1beta1',
  'servicebgpstatuses',
  'ServiceBGPStatus',
);
export const SERVICE_L2_STATUSES = namespaced(
  'metallb.io',
  'v1beta1',
  'servicel2statuses',
  'ServiceL2Status',
);
/** The one kind of our own: the status of the speaker on each node. */
export const SPEAKER_STATUSES = namespaced('berth.dev', 'v1alpha1', 'speakerstatuses', 'SpeakerStatus');
export const CONFIGURATION_STATES = namespaced(
  'metallb.io',
  'v1beta1',
  'configurationstates',
  'ConfigurationState',
);

/** Of Calico's kinds those that are not namespaced. */
export const calicoResource = ({ group, version }: CalicoGroup, plural: string, kind: string): Resource =>
  clusterScoped(group, version, plural, kind);

/** The path of all objects, or of those in one namespace. */
export function collectionPath(resource: Resource, namespace: string | null = null): string {
  const root = resource.group === '' ? '/api' : `/apis/${resource.group}`;
  const namespacePart = namespace === null ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}/${resource.version}${namespacePart}/${resource.plural}`;
}

export function objectPath(
  resource: Resource,
  { namespace, name }: NamespacedName,
  subresource = '',
): string {
  const path = `${collectionPath(resource, namespace)}/${encodeURIComponent(name)}`;
  return subresource === '' ? path : `${path}/${subresource}`;
}

/** `path` with the parameters that are not null in its query, behind those that it has. */
export function withQuery(path: string, parameters: Readonly<Record<string, string | null>>): string {
  const query = Object.entries(parameters)
    .filter((entry): entry is [string, string] => entry[1] !== null)
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
    .join('&');
  return query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`;
}
