/** Nodes as Calico sees them: in the Kubernetes datastore its own node lives in annotations of the core Node. */

import { mapOf, type Raw } from '../../base/json.ts';
import type { Address, Family } from '../../net/address.ts';
import type { Prefix } from '../../net/prefix.ts';
import { metadataOf, nameOf } from '../../objects/metadata.ts';
import type { Labels } from '../../objects/selector.ts';
import { readAS } from './as-number.ts';
import { readInterfaceAddress } from './prefixes.ts';

/** Only this very value excludes; MetalLB and Kubernetes take the label's mere presence for it. */
export const EXCLUDE_LABEL = 'node.kubernetes.io/exclude-from-external-load-balancers';

export type CalicoNode = {
  readonly name: string;
  readonly labels: Labels;
  readonly addresses: { readonly [F in Family]: Address | null };
  /** The subnets of its addresses, which BIRD has as directly connected. */
  readonly subnets: readonly Prefix[];
  /** Its own AS number; null for that of the configuration. */
  readonly asNumber: number | null;
  /** Of a route reflector; '' for others. */
  readonly clusterId: string;
  /** Announces no Services. */
  readonly isExcluded: boolean;
};

export function readCalicoNode(raw: Raw): CalicoNode {
  const annotations = mapOf(metadataOf(raw)['annotations']);
  const annotation = (name: string): string => annotations[`projectcalico.org/${name}`] ?? '';
  const labels = { ...mapOf(metadataOf(raw)['labels']), ...parseLabels(annotation('labels')) };
  const [ipv4, ipv6] = [
    readInterfaceAddress(annotation('IPv4Address')),
    readInterfaceAddress(annotation('IPv6Address')),
  ];
  return {
    name: nameOf(raw),
    labels,
    addresses: {
      4: ipv4?.address.family === 4 ? ipv4.address : null,
      6: ipv6?.address.family === 6 ? ipv6.address : null,
    },
    subnets: [ipv4?.subnet, ipv6?.subnet].filter((one): one is Prefix => one !== null && one !== undefined),
    asNumber: readAS(annotation('ASNumber')),
    clusterId: annotation('RouteReflectorClusterID'),
    isExcluded: labels[EXCLUDE_LABEL] === 'true',
  };
}

function parseLabels(text: string): Labels {
  if (text === '') return {};
  try {
    return mapOf(JSON.parse(text));
  } catch {
    return {}; // nobody's labels
  }
}
