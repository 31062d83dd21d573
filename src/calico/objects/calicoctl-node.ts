/**
 * Reads Nodes of Calico's own API (`calicoctl get nodes -o yaml`). In the Kubernetes datastore they show what annotations of
 * the Kubernetes Node contain; in the etcd datastore they are the only place for it.
 */
import { fieldsOf, listOf, type Raw, textOf } from '../../base/json.ts';
import { isCalicoGroup, parseApiVersion } from '../../objects/api-group.ts';
import { labelsOf, nameOf, specOf } from '../../objects/metadata.ts';
import type { CalicoNodeFields } from './nodes.ts';

export const isCalicoctlNode = (raw: Raw): boolean =>
  raw['kind'] === 'Node' && isCalicoGroup(parseApiVersion(textOf(raw['apiVersion'])).group);

/** As a Node with the annotations of the Kubernetes datastore, under the name that Kubernetes has for it. */
export function decodeCalicoctlNode(raw: Raw): CalicoNodeFields {
  const { bgp, orchRefs } = specOf(raw);
  const { ipv4Address, ipv6Address, asNumber, routeReflectorClusterID } = fieldsOf(bgp);
  const kubernetes = listOf(orchRefs)
    .map(fieldsOf)
    .find(({ orchestrator }) => orchestrator === 'k8s');
  const annotations = {
    IPv4Address: textOf(ipv4Address),
    IPv6Address: textOf(ipv6Address),
    ASNumber: typeof asNumber === 'number' ? String(asNumber) : textOf(asNumber),
    RouteReflectorClusterID: textOf(routeReflectorClusterID),
  };
  return {
    name: textOf(kubernetes?.['nodeName']) || nameOf(raw),
    labels: labelsOf(raw),
    annotations: Object.fromEntries(
      Object.entries(annotations)
        .filter(([, value]) => value !== '')
        .map(([key, value]) => [`projectcalico.org/${key}`, value]),
    ),
    isReady: null,
    addresses: { 4: null, 6: null },
    reportedAddresses: [],
  };
}

/** The Kubernetes Node takes precedence; `added` has what it lacks. */
export const mergeCalicoctlNode = (node: CalicoNodeFields, added: CalicoNodeFields): CalicoNodeFields => ({
  ...node,
  labels: { ...added.labels, ...node.labels },
  annotations: { ...added.annotations, ...node.annotations },
});
