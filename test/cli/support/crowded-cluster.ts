/** A cluster with something for every command to print: MetalLB and its leftovers, Calico, and speakers by layer 2. */

import { fieldsOf, type Raw } from '../../../src/base/json.ts';
import { readMetalLBState } from '../../../src/cli/migrate/metallb-state.ts';
import { migrationSteps } from '../../../src/cli/migrate/migration.ts';
import { HEALTHY } from '../../calico/support/clusters.ts';
import { l2Record } from '../../layer2/support/l2-record.ts';
import { fullInstallation, NS } from './metallb-cluster.ts';

const object = (apiVersion: string, kind: string, name: string, rest: Raw, metadata: Raw = {}): Raw => ({
  ...{ apiVersion, kind, metadata: { name, namespace: NS, uid: `${kind}-${name}`, ...metadata } },
  ...rest,
});

const inShop = (apiVersion: string, kind: string, name: string, rest: Raw, metadata: Raw = {}): Raw =>
  object(apiVersion, kind, name, rest, { namespace: 'shop', ...metadata });

const service = (name: string, ip: string, node: string): readonly Raw[] => [
  inShop('v1', 'Service', name, {
    spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Local', ports: [{ port: 80 }] },
    status: { loadBalancer: { ingress: [{ ip }] } },
  }),
  inShop(
    'discovery.k8s.io/v1',
    'EndpointSlice',
    `${name}-1`,
    { addressType: 'IPv4', endpoints: [{ addresses: ['10.244.0.1'], nodeName: node }] },
    { labels: { 'kubernetes.io/service-name': name } },
  ),
];

const layer2Speaker = (node: string): Raw =>
  object('berth.dev/v1alpha1', 'SpeakerStatus', node, {
    status: {
      ...{ node, phase: 'speaking' },
      layer2: {
        interfaces: [
          { name: 'eth0', mac: '02:00:00:00:00:01', arp: true, ndp: true, subnets: ['10.0.0.0/8'] },
        ],
      },
    },
  });

const pod = (name: string, component: string): Raw =>
  object(
    'v1',
    'Pod',
    name,
    {
      spec: { nodeName: 'w1', containers: [{ name: 'main', image: 'quay.io/metallb/speaker:v0.15.2' }] },
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
    },
    { labels: { component } },
  );

const metallb = fullInstallation(1);

/** What `berth migrate metallb --yes` saved of the same MetalLB. */
const savedCopy = (): Raw => {
  const [save] = migrationSteps(readMetalLBState(metallb));
  const secret = fieldsOf(save?.request.body);
  return { ...secret, kind: 'Secret', metadata: { name: 'berth-migration', namespace: NS, uid: 'saved' } };
};

export const CROWDED: readonly Raw[] = [
  ...HEALTHY,
  ...['w1', 'w2'].map((name) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } })),
  object('metallb.io/v1beta1', 'IPAddressPool', 'main', { spec: { addresses: ['192.0.2.0/24'] } }),
  object('metallb.io/v1beta1', 'L2Advertisement', 'all', { spec: { ipAddressPools: ['main'] } }),
  object('metallb.io/v1beta2', 'BGPPeer', 'tor', {
    spec: { peerAddress: '10.10.0.1', peerASN: 65116, myASN: 64500, vrf: 'red' },
  }),
  ...['w1', 'w2'].map(layer2Speaker),
  ...service('edge', '192.0.2.1', 'w1'),
  ...service('none', '192.0.2.2', 'w9'),
  l2Record({ name: 'l2-x', service: 'shop/edge', node: 'w1' }),
  ...[pod('speaker-x', 'speaker'), pod('controller-x', 'controller')],
  ...metallb.deployments,
  ...metallb.webhooks,
  ...metallb.definitions,
  ...metallb.secrets,
  savedCopy(),
];
