/** A cluster as a law describes it, and the objects of a case file that it stands for. */
import type { Raw } from '../../../../src/base/json.ts';
import { EXCLUDE_LABEL } from '../../../../src/objects/node.ts';

export type DescribedNode = {
  readonly name: string;
  readonly zone: 'a' | 'b';
  readonly isExcluded: boolean;
  /** Of the condition NetworkUnavailable; null where there is none. */
  readonly networkUnavailable: 'True' | 'False' | 'Unknown' | null;
};

export type DescribedPool = {
  readonly name: string;
  readonly tier: string;
  readonly addresses: readonly string[];
};

export type DescribedAdvertisement = {
  readonly name: string;
  readonly namespace: string;
  readonly pools: readonly string[];
  /** By the label `tier`; null for no selector. */
  readonly poolTier: string | null;
  /** Zones; none selects every node. */
  readonly zones: readonly string[];
  /** Values of the label `t`; none selects every Service. */
  readonly services: readonly string[];
  readonly interfaces: readonly string[];
  readonly preferences: readonly { readonly weight: number; readonly zone: string }[];
  /** It lists a pool twice, which MetalLB refuses. */
  readonly isInvalid: boolean;
};

export type DescribedEndpoint = {
  /** Null where the endpoint is on no node. */
  readonly node: string | null;
  /** Null where the slice does not say. */
  readonly isReady: boolean | null;
  readonly isServing: boolean | null;
};

export type DescribedService = {
  readonly name: string;
  readonly isLocal: boolean;
  readonly label: string;
  readonly loadBalancerClass: string | null;
  readonly sharingKey: string | null;
  /** Of its status. A text that is no address is a host name. */
  readonly ingress: readonly string[];
  /** Of each slice. */
  readonly slices: readonly (readonly DescribedEndpoint[])[];
};

export type DescribedCluster = {
  readonly nodes: readonly DescribedNode[];
  /** Nodes whose speakers run. */
  readonly running: ReadonlySet<string>;
  /** `node:interface`. */
  readonly down: ReadonlySet<string>;
  readonly pools: readonly DescribedPool[];
  readonly advertisements: readonly DescribedAdvertisement[];
  readonly services: readonly DescribedService[];
};

export const SYSTEM_NAMESPACE = 'metallb-system';
const SERVICE_NAMESPACE = 'web';

export const serviceKey = ({ name }: DescribedService): string => `${SERVICE_NAMESPACE}/${name}`;

export const objectsOf = ({ nodes, pools, advertisements, services }: DescribedCluster): readonly Raw[] => [
  ...nodes.map(nodeObject),
  ...pools.map(({ name, tier, addresses }) => ({
    ...{ apiVersion: 'metallb.io/v1beta1', kind: 'IPAddressPool', spec: { addresses } },
    metadata: { name, namespace: SYSTEM_NAMESPACE, labels: { tier } },
  })),
  ...advertisements.map((one) => ({
    ...{ apiVersion: 'metallb.io/v1beta1', kind: 'L2Advertisement', spec: advertisementSpec(one) },
    metadata: { name: one.name, namespace: one.namespace },
  })),
  ...services.flatMap((one) => [serviceObject(one), ...sliceObjects(one)]),
];

export const nodeObject = ({ name, zone, isExcluded, networkUnavailable }: DescribedNode): Raw => ({
  ...{ apiVersion: 'v1', kind: 'Node' },
  metadata: { name, labels: { zone, [EXCLUDE_LABEL]: isExcluded ? '' : null } },
  status: {
    conditions:
      networkUnavailable === null ? [] : [{ type: 'NetworkUnavailable', status: networkUnavailable }],
  },
});

/** With every field, so that it may be a merge patch as well. */
export const advertisementSpec = (one: DescribedAdvertisement): Raw => ({
  ipAddressPools: one.isInvalid ? ['twice', 'twice'] : one.pools,
  ipAddressPoolSelectors: one.poolTier === null ? [] : [{ matchLabels: { tier: one.poolTier } }],
  nodeSelectors: one.zones.map((zone) => ({ matchLabels: { zone } })),
  serviceSelectors: one.services.map((t) => ({
    matchExpressions: [{ key: 't', operator: 'In', values: [t] }],
  })),
  interfaces: one.interfaces,
  preferredNodeSelectors: one.preferences.map(({ weight, zone }) => ({
    ...{ weight, preference: { matchLabels: { zone } } },
  })),
});

export const serviceObject = (one: DescribedService): Raw => ({
  ...{ apiVersion: 'v1', kind: 'Service' },
  metadata: {
    ...{ name: one.name, namespace: SERVICE_NAMESPACE, labels: { t: one.label } },
    annotations: { 'metallb.io/allow-shared-ip': one.sharingKey },
  },
  spec: {
    type: 'LoadBalancer',
    externalTrafficPolicy: one.isLocal ? 'Local' : 'Cluster',
    ...(one.loadBalancerClass === null ? {} : { loadBalancerClass: one.loadBalancerClass }),
  },
  status: {
    loadBalancer: {
      ingress: one.ingress.map((text) => (isHostname(text) ? { hostname: text } : { ip: text })),
    },
  },
});

export const isHostname = (text: string): boolean => /[g-z]/.test(text);

export const sliceObjects = ({ name, slices }: DescribedService): readonly Raw[] =>
  slices.map((endpoints, index) => ({
    ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4' },
    metadata: {
      ...{ name: `${name}-${index}`, namespace: SERVICE_NAMESPACE },
      labels: { 'kubernetes.io/service-name': name },
    },
    endpoints: endpoints.map(({ node, isReady, isServing }) => ({
      addresses: ['10.244.0.1'],
      conditions: {
        ...(isReady === null ? {} : { ready: isReady }),
        ...(isServing === null ? {} : { serving: isServing }),
      },
      ...(node === null ? {} : { nodeName: node }),
    })),
  }));
