/** Services and their EndpointSlices, as far as Calico looks at them: no class, no ports, no annotations. */

import { fieldsOf, listOf, mapOf, type Raw, textOf, textsOf } from '../../base/json.ts';
import type { Address } from '../../net/address.ts';
import { metadataOf, nameOf, namespaceOf, specOf } from '../../objects/metadata.ts';
import { readAddress } from './prefixes.ts';

export type CalicoService = {
  /** `namespace/name`. */
  readonly key: string;
  readonly type: string;
  /** None for a headless Service, or for none at all. */
  readonly clusterIPs: readonly Address[];
  readonly externalIPs: readonly Address[];
  readonly loadBalancerIP: Address | null;
  /** Addresses in its status; host names are not read. */
  readonly statusIPs: readonly Address[];
  /** `IPv4`, `IPv6`: slices of other families are not looked at. */
  readonly families: readonly string[];
  /** externalTrafficPolicy Local; anything else counts as Cluster. */
  readonly isLocal: boolean;
};

export type CalicoSlice = {
  readonly key: string;
  /** The Service it belongs to; null without the label that says so. */
  readonly service: string | null;
  readonly addressType: string;
  readonly endpoints: readonly {
    /** Unset counts as ready. */
    readonly ready: boolean;
    /** '' where it does not say. */
    readonly node: string;
  }[];
};

const keyOf = (raw: Raw): string => `${namespaceOf(raw)}/${nameOf(raw)}`;

const readAddresses = (texts: readonly string[]): readonly Address[] =>
  texts.map(readAddress).filter((one) => one !== null);

export function readCalicoService(raw: Raw): CalicoService {
  const spec = specOf(raw);
  const clusterIP = textOf(spec['clusterIP']);
  const several = textsOf(spec['clusterIPs']);
  const ingress = listOf(fieldsOf(fieldsOf(raw['status'])['loadBalancer'])['ingress']);
  const isHeadless = clusterIP === '' || clusterIP === 'None';
  return {
    key: keyOf(raw),
    type: textOf(spec['type']) || 'ClusterIP',
    clusterIPs: isHeadless ? [] : readAddresses(several.length > 0 ? several : [clusterIP]),
    externalIPs: readAddresses(textsOf(spec['externalIPs'])),
    loadBalancerIP: readAddress(textOf(spec['loadBalancerIP'])),
    statusIPs: readAddresses(ingress.map((one) => textOf(fieldsOf(one)['ip']))),
    families: textsOf(spec['ipFamilies']),
    isLocal: spec['externalTrafficPolicy'] === 'Local',
  };
}

export function readCalicoSlice(raw: Raw): CalicoSlice {
  const service = mapOf(metadataOf(raw)['labels'])['kubernetes.io/service-name'];
  return {
    key: keyOf(raw),
    service: service === undefined ? null : `${namespaceOf(raw)}/${service}`,
    addressType: textOf(raw['addressType']),
    endpoints: listOf(raw['endpoints']).map((one) => {
      const { conditions, nodeName } = fieldsOf(one) as { conditions?: unknown; nodeName?: unknown };
      return { ready: fieldsOf(conditions)['ready'] !== false, node: textOf(nodeName) };
    }),
  };
}
