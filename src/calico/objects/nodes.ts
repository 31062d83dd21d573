/** Nodes as Calico reads them. In the Kubernetes datastore, calico-node stores its own node in annotations of the Node. */

import { mapOf } from '../../base/json.ts';
import type { Address, Family } from '../../net/address.ts';
import type { Prefix } from '../../net/prefix.ts';
import { EXCLUDE_LABEL, type Node } from '../../objects/node.ts';
import type { Labels } from '../../objects/selector.ts';
import { readAS } from './as-number.ts';
import { readInterfaceAddress } from './prefixes.ts';

export type CalicoNode = {
  readonly name: string;
  readonly labels: Labels;
  readonly addresses: { readonly [F in Family]: Address | null };
  /** The subnets of its addresses: directly connected for BIRD. */
  readonly subnets: readonly Prefix[];
  /** Its own AS number; null where the configuration's applies. */
  readonly asNumber: number | null;
  /** The cluster ID of a route reflector; '' for other nodes. */
  readonly clusterId: string;
  /** Announces no Services. */
  readonly isExcluded: boolean;
};

/** The fields of a Node that the model of Calico and its findings depend on. */
export type CalicoNodeFields = Pick<
  Node,
  'name' | 'labels' | 'annotations' | 'isReady' | 'addresses' | 'reportedAddresses'
>;

export function toCalicoNode({ name, labels: nodeLabels, annotations }: CalicoNodeFields): CalicoNode {
  const annotation = (key: string): string => annotations[`projectcalico.org/${key}`] ?? '';
  const labels = { ...nodeLabels, ...parseLabels(annotation('labels')) };
  const [ipv4, ipv6] = [
    readInterfaceAddress(annotation('IPv4Address')),
    readInterfaceAddress(annotation('IPv6Address')),
  ];
  return {
    name,
    labels,
    addresses: {
      4: ipv4?.address.family === 4 ? ipv4.address : null,
      6: ipv6?.address.family === 6 ? ipv6.address : null,
    },
    subnets: [ipv4?.subnet, ipv6?.subnet].filter((one): one is Prefix => one !== null && one !== undefined),
    asNumber: readAS(annotation('ASNumber')),
    clusterId: annotation('RouteReflectorClusterID'),
    // Calico takes this value alone; for Kubernetes and MetalLB the label's presence counts.
    isExcluded: labels[EXCLUDE_LABEL] === 'true',
  };
}

function parseLabels(text: string): Labels {
  if (text === '') return {};
  try {
    return mapOf(JSON.parse(text));
  } catch {
    return {}; // calico-node never writes this
  }
}
