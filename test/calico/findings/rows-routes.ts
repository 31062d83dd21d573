/** What is announced, filtered, tagged, and by which version. */
import type { Raw } from '../../../src/cluster/fields.ts';
import {
  calico,
  changed,
  configured,
  container,
  DISABLED,
  daemonSet,
  exposed,
  FINE,
  MESH,
  object,
  peered,
} from './clusters.ts';
import type { Row } from './row.ts';

const filter = (...exportV4: readonly Raw[]): Raw => object('BGPFilter', 'own', { spec: { exportV4 } });
const ownOnly = { cidr: '192.168.5.0/24', matchOperator: 'In', source: 'RemotePeers', action: 'Reject' };
const balancerPool = object('IPPool', 'balancers', {
  spec: { cidr: '198.51.100.0/24', allowedUses: ['LoadBalancer'] },
});
const status = (destination: string, sourceType: string): Raw =>
  object('CalicoNodeStatus', 'w1', {
    spec: { node: 'w1' },
    status: { routes: { routesV4: [{ destination, learnedFrom: { sourceType } }] } },
  });
export const ROUTES: readonly Row[] = [
  {
    code: 'P4',
    says: 'the mesh passes on addresses of Local Services',
    fires: changed(configured(MESH)),
    near: changed({
      add: [filter(ownOnly)],
      set: { 'BGPConfiguration/default': { spec: MESH }, 'BGPPeer/tor': { spec: { filters: ['own'] } } },
    }),
  },
  {
    code: 'P8',
    says: 'a version announces pods that are not ready',
    fires: changed({
      add: [calico('v3.31.6'), daemonSet('calico-node', 'kube-system', 'quay.io/calico/node:v3.31.6')],
    }),
    near: changed({
      add: [calico('v3.31.7'), daemonSet('calico-node', 'kube-system', 'quay.io/calico/node:v3.31.7')],
    }),
  },
  {
    code: 'P17',
    says: "MetalLB's controller runs, too",
    fires: changed({
      add: [
        object(
          'Deployment',
          'controller',
          {
            metadata: { namespace: 'metallb-system' },
            ...container('controller', 'quay.io/metallb/controller:v0.15.2'),
          },
          'apps/v1',
        ),
      ],
    }),
    near: changed({
      add: [
        object(
          'Deployment',
          'berth-controller',
          { metadata: { namespace: 'metallb-system' }, ...container('controller', 'berth') },
          'apps/v1',
        ),
      ],
    }),
  },
  {
    code: 'P18',
    says: "Calico's own allocator takes every Service",
    fires: changed({ add: [balancerPool] }),
    near: changed({
      add: [
        balancerPool,
        object('KubeControllersConfiguration', 'default', {
          spec: { controllers: { loadBalancer: { assignIPs: 'RequestedServicesOnly' } } },
        }),
      ],
    }),
  },
  {
    code: 'P23',
    says: 'a community is misspelt',
    fires: changed(
      configured({
        communities: [{ name: 'services', value: '64700:1' }],
        prefixAdvertisements: [{ cidr: '192.168.5.0/24', communities: ['service'] }],
      }),
    ),
    near: changed(
      configured({
        communities: [{ name: 'services', value: '64700:1' }],
        prefixAdvertisements: [{ cidr: '192.168.5.0/24', communities: ['services'] }],
      }),
    ),
  },
  {
    code: 'P23',
    says: 'what is tagged is narrower than what is announced',
    fires: changed(
      configured({ prefixAdvertisements: [{ cidr: '192.168.5.0/25', communities: ['64700:1'] }] }),
    ),
    near: changed(
      configured({ prefixAdvertisements: [{ cidr: '192.168.4.0/23', communities: ['64700:1'] }] }),
    ),
  },
  {
    code: 'P24',
    says: 'a filter does not exist',
    fires: changed({ ...peered({ filters: ['owm'] }), add: [filter(ownOnly)] }),
    near: changed({ ...peered({ filters: ['own'] }), add: [filter(ownOnly)] }),
  },
  {
    code: 'P25',
    says: 'a filter rejects what the node itself announces',
    fires: changed({
      ...peered({ filters: ['own'] }),
      add: [filter({ cidr: '192.168.5.0/24', matchOperator: 'In', action: 'Reject' })],
    }),
    near: changed({ ...peered({ filters: ['own'] }), add: [filter(ownOnly)] }),
  },
  {
    code: 'P27',
    says: 'there is a router',
    fires: FINE,
    near: changed({ drop: ['BGPPeer/tor'] }),
    unmendable: true,
  },
  {
    code: 'P28',
    says: 'the endpoints of a Local Service are where nobody announces',
    fires: changed({ add: exposed('edge', { ip: '192.168.5.10', local: true, on: ['cp1'] }) }),
    near: changed({ add: exposed('edge', { ip: '192.168.5.10', on: ['cp1'] }) }),
  },
  {
    code: 'P28',
    says: 'a Local Service has no ready endpoint',
    fires: changed({ add: exposed('edge', { ip: '192.168.5.10', local: true, ready: false }) }),
    near: changed({ add: exposed('edge', { ip: '192.168.5.10', local: true, ready: true }) }),
  },
  {
    code: 'P29',
    says: 'a Service has no EndpointSlice',
    fires: changed({ ...configured(DISABLED), drop: ['EndpointSlice/web-1'] }),
    near: changed({ drop: ['EndpointSlice/web-1'] }),
  },
  {
    code: 'P30',
    says: 'a version loses routes',
    fires: changed({ add: [calico('v3.31.2')] }),
    near: changed({ add: [calico('v3.31.4')] }),
    unmendable: true,
  },
  {
    code: 'P33',
    says: 'the datastore is being migrated',
    fires: changed({ add: [object('DatastoreMigration', 'v3', { status: { phase: 'Migrating' } })] }),
    near: changed({ add: [object('DatastoreMigration', 'v3', { status: { phase: 'Complete' } })] }),
    unmendable: true,
  },
  {
    code: 'P37',
    says: 'a standard community is too large',
    fires: changed(
      configured({ prefixAdvertisements: [{ cidr: '192.168.5.0/24', communities: ['70000:1'] }] }),
    ),
    near: changed(
      configured({ prefixAdvertisements: [{ cidr: '192.168.5.0/24', communities: ['70000:1:1'] }] }),
    ),
  },
  {
    code: 'P41',
    says: 'a deleted slice leaves its route behind',
    fires: changed({
      ...configured(DISABLED),
      drop: ['EndpointSlice/web-1'],
      add: [status('192.168.5.20/32', 'Static')],
    }),
    near: changed({ ...configured(DISABLED), add: [status('192.168.5.20/32', 'Static')] }),
    unmendable: true,
  },
  {
    code: 'P43',
    says: "a filter puts the router's own AS into the path, which it takes for a loop",
    fires: changed({
      ...peered({ filters: ['own'] }),
      add: [filter({ action: 'Accept', operations: [{ prependASPath: { prefix: [65116] } }] })],
    }),
    near: FINE,
    unmendable: true,
  },
];
