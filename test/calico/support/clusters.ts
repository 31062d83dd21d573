/** Small clusters for tests: a healthy one, and functions that change it. */

import { type Raw, textOf } from '../../../src/base/json.ts';
import { objectRefOf } from '../../../src/calico/findings/snapshot.ts';
import { applyEdits } from '../../../src/findings/apply-edits.ts';
import type { ObjectEdit } from '../../../src/findings/finding.ts';
import { nameOf, namespaceOf } from '../../../src/objects/metadata.ts';

const V3 = 'projectcalico.org/v3';

export const object = (kind: string, name: string, more: Raw = {}, apiVersion = V3): Raw => {
  const { metadata, ...rest } = more as { metadata?: Raw };
  return { apiVersion, kind, metadata: { name, ...metadata }, ...rest };
};

export const node = (name: string, last: number, labels: Raw = {}, annotations: Raw = {}): Raw =>
  object(
    'Node',
    name,
    {
      metadata: {
        labels: { 'kubernetes.io/hostname': name, ...labels },
        annotations: { 'projectcalico.org/IPv4Address': `10.10.0.${last}/24`, ...annotations },
      },
      status: { addresses: [{ type: 'InternalIP', address: `10.10.0.${last}` }] },
    },
    'v1',
  );

export const WORKER = { 'node-role.kubernetes.io/worker': '' };
export const CONTROL_PLANE = { 'node-role.kubernetes.io/control-plane': '' };

export type ExposedService = {
  readonly ip: string;
  readonly local?: boolean;
  readonly on?: readonly string[];
  readonly ready?: boolean;
};

/** A Service with an address and its EndpointSlice; `on` has the nodes of its endpoints. */
export function exposedService(
  name: string,
  { ip, local = false, on = ['w1'], ready = true }: ExposedService,
): readonly Raw[] {
  const family = ip.includes(':') ? 'IPv6' : 'IPv4';
  return [
    object(
      'Service',
      name,
      {
        metadata: { namespace: 'shop' },
        spec: {
          type: 'LoadBalancer',
          clusterIP: family === 'IPv6' ? 'fd00:43::7' : '10.43.0.7',
          ipFamilies: [family],
          externalTrafficPolicy: local ? 'Local' : 'Cluster',
        },
        status: { loadBalancer: { ingress: [{ ip }] } },
      },
      'v1',
    ),
    object(
      'EndpointSlice',
      `${name}-1`,
      {
        metadata: { namespace: 'shop', labels: { 'kubernetes.io/service-name': name } },
        addressType: family,
        endpoints: on.map((nodeName) => ({ addresses: ['10.244.0.5'], conditions: { ready }, nodeName })),
      },
      'discovery.k8s.io/v1',
    ),
  ];
}

export const pool = (...addresses: readonly string[]): Raw =>
  object(
    'IPAddressPool',
    'edge',
    { metadata: { namespace: 'metallb-system' }, spec: { addresses } },
    'metallb.io/v1beta1',
  );

export const container = (name: string, image: string, env: readonly Raw[] = []): Raw => ({
  spec: { template: { spec: { containers: [{ name, image, env }] } } },
});

export const daemonSet = (name: string, namespace: string, image: string, env: readonly Raw[] = []): Raw =>
  object('DaemonSet', name, { metadata: { namespace }, ...container(name, image, env) }, 'apps/v1');

/** Mesh off, VXLAN pods, one router, a Service of each policy: there are no findings but hints. */
export const HEALTHY: readonly Raw[] = [
  node('w1', 11, WORKER),
  node('w2', 12, WORKER),
  node('cp1', 10, CONTROL_PLANE),
  object('BGPConfiguration', 'default', {
    spec: {
      asNumber: 64700,
      nodeToNodeMeshEnabled: false,
      serviceLoadBalancerIPs: [{ cidr: '192.168.5.0/24' }],
    },
  }),
  object('BGPPeer', 'tor', {
    spec: { nodeSelector: 'has(node-role.kubernetes.io/worker)', peerIP: '10.10.0.1', asNumber: 65116 },
  }),
  object('IPPool', 'pods', { spec: { cidr: '10.244.0.0/16', vxlanMode: 'Always' } }),
  pool('192.168.5.0/24'),
  ...exposedService('web', { ip: '192.168.5.20' }),
  ...exposedService('edge', { ip: '192.168.5.10', local: true, on: ['w2'] }),
];

/** `base` with changes: `set` patches an object, `add` adds or replaces one, `drop` removes `Kind/name`. */
export function withChanges(
  changes: {
    readonly set?: Readonly<Record<string, Raw>>;
    readonly add?: readonly Raw[];
    readonly drop?: readonly string[];
  },
  base: readonly Raw[] = HEALTHY,
): readonly Raw[] {
  const id = (raw: Raw): string => `${textOf(raw['kind'])}/${nameOf(raw)}`;
  const patches = Object.entries(changes.set ?? {}).map(([name, patch]): ObjectEdit => {
    const existing = base.find((raw) => id(raw) === name);
    if (existing === undefined) throw new Error(`there is no ${name}`);
    return { do: 'patch', object: objectRefOf(existing), patch };
  });
  const added = changes.add ?? [];
  const isNew = (raw: Raw): boolean =>
    !added.some((one) => id(one) === id(raw) && namespaceOf(one) === namespaceOf(raw));
  const rest = applyEdits(base, patches).filter((raw) => !(changes.drop ?? []).includes(id(raw)));
  return [...rest.filter(isNew), ...added];
}

export const configurationPatch = (spec: Raw): { readonly set: Readonly<Record<string, Raw>> } => ({
  set: { 'BGPConfiguration/default': { spec } },
});

export const peerPatch = (spec: Raw): { readonly set: Readonly<Record<string, Raw>> } => ({
  set: { 'BGPPeer/tor': { spec } },
});

export const calicoVersion = (version: string): Raw =>
  object('ClusterInformation', 'default', { spec: { calicoVersion: version } });

export const MESH = { nodeToNodeMeshEnabled: true };
export const DISABLED = { ...MESH, serviceLoadBalancerAggregation: 'Disabled' };
