/** Objects of a large cluster with speakers: racks with a router each, and a network for layer 2. */
import type { Raw } from '../../src/base/json.ts';

const NAMESPACE = 'metallb-system';
const RACKS = 20;

const metallb = (kind: string, name: string, spec: Raw): Raw => ({
  apiVersion: kind === 'BGPPeer' ? 'metallb.io/v1beta2' : 'metallb.io/v1beta1',
  kind,
  metadata: { name, namespace: NAMESPACE },
  spec,
});

const nodeName = (index: number): string => `node-${String(index).padStart(3, '0')}`;

const octets = (index: number): string => `${index >> 8}.${index & 255}`;

function nodeObjects(index: number): readonly Raw[] {
  const [name, rack] = [nodeName(index), `r${index % RACKS}`];
  const interfaces = [
    {
      ...{ name: 'eth0', mac: '02:00:00:00:00:01', arp: true, ndp: true },
      subnets: ['10.1.0.0/16', '10.32.0.0/12'],
    },
  ];
  const sessions = [{ peer: `tor-${rack}`, address: '10.0.0.1', state: 'Established', lastError: null }];
  return [
    {
      ...{ apiVersion: 'v1', kind: 'Node' },
      metadata: { name, labels: { 'kubernetes.io/hostname': name, rack } },
      status: {
        addresses: [{ type: 'InternalIP', address: `10.1.${octets(index)}` }],
        conditions: [{ type: 'Ready', status: 'True' }],
      },
    },
    {
      ...{
        apiVersion: 'berth.dev/v1alpha1',
        kind: 'SpeakerStatus',
        metadata: { name, namespace: NAMESPACE },
      },
      status: { phase: 'speaking', sessions, layer2: { interfaces } },
    },
  ];
}

/** Every other one by layer 2; of each two, one has the traffic policy Local. Three endpoints each. */
function serviceObjects(index: number, nodes: number): readonly Raw[] {
  const name = `svc-${index}`;
  const endpoints = [0, 1, 2].map((one) => ({
    ...{ addresses: [`10.244.0.${one}`], conditions: { ready: true } },
    nodeName: nodeName((index * 7 + one * 31) % nodes),
  }));
  return [
    {
      ...{ apiVersion: 'v1', kind: 'Service' },
      metadata: { name, namespace: 'apps', uid: name, creationTimestamp: '2026-01-01T00:00:00Z' },
      spec: {
        ...{ type: 'LoadBalancer', externalTrafficPolicy: index % 4 < 2 ? 'Cluster' : 'Local' },
        ...{ clusterIPs: [`10.96.${octets(index)}`], ipFamilies: ['IPv4'], ports: [{ port: 80 }] },
      },
      status: { loadBalancer: { ingress: [{ ip: `10.${index % 2 === 0 ? 16 : 32}.${octets(index)}` }] } },
    },
    {
      ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4', endpoints },
      metadata: { name, namespace: 'apps', labels: { 'kubernetes.io/service-name': name } },
    },
  ];
}

export function speakerCrowd(services: number, nodes: number): readonly Raw[] {
  const many = (count: number, make: (index: number) => readonly Raw[]): readonly Raw[] =>
    Array.from({ length: count }, (_, index) => make(index)).flat();
  return [
    ...many(nodes, nodeObjects),
    metallb('IPAddressPool', 'routed', { addresses: ['10.16.0.0/12'] }),
    metallb('IPAddressPool', 'local', { addresses: ['10.32.0.0/12'] }),
    metallb('BGPAdvertisement', 'all', { ipAddressPools: ['routed'] }),
    metallb('L2Advertisement', 'all', { ipAddressPools: ['local'] }),
    ...many(RACKS, (rack) => [
      metallb('BGPPeer', `tor-r${rack}`, {
        ...{ myASN: 64512, peerASN: 64513, peerAddress: `10.0.0.${rack + 1}` },
        nodeSelectors: [{ matchLabels: { rack: `r${rack}` } }],
      }),
    ]),
    ...many(services, (index) => serviceObjects(index, nodes)),
  ];
}
