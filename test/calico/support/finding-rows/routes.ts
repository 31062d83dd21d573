/** Routes: what is announced, filtered and tagged, and by which version of Calico. */
import type { Raw } from '../../../../src/base/json.ts';
import {
  calicoVersion,
  configurationPatch,
  DISABLED,
  daemonSet,
  exposedService,
  HEALTHY,
  MESH,
  object,
  peerPatch,
  withChanges,
} from '../clusters.ts';
import type { FindingRow } from './row.ts';

const filter = (...exportV4: readonly Raw[]): Raw => object('BGPFilter', 'own', { spec: { exportV4 } });
const ownOnly = { cidr: '192.168.5.0/24', matchOperator: 'In', source: 'RemotePeers', action: 'Reject' };
const status = (destination: string, sourceType: string): Raw =>
  object('CalicoNodeStatus', 'w1', {
    spec: { node: 'w1' },
    status: { routes: { routesV4: [{ destination, learnedFrom: { sourceType } }] } },
  });
export const ROUTES: readonly FindingRow[] = [
  {
    code: 'P4',
    title: 'the mesh passes on addresses of Local Services',
    failing: withChanges(configurationPatch(MESH)),
    nearMiss: withChanges({
      add: [filter(ownOnly)],
      set: { 'BGPConfiguration/default': { spec: MESH }, 'BGPPeer/tor': { spec: { filters: ['own'] } } },
    }),
  },
  {
    code: 'P8',
    title: 'a version announces pods that are not ready',
    failing: withChanges({
      add: [calicoVersion('v3.31.6'), daemonSet('calico-node', 'kube-system', 'quay.io/calico/node:v3.31.6')],
    }),
    nearMiss: withChanges({
      add: [calicoVersion('v3.31.7'), daemonSet('calico-node', 'kube-system', 'quay.io/calico/node:v3.31.7')],
    }),
  },
  {
    code: 'P23',
    title: 'a community is misspelt',
    failing: withChanges(
      configurationPatch({
        communities: [{ name: 'services', value: '64700:1' }],
        prefixAdvertisements: [{ cidr: '192.168.5.0/24', communities: ['service'] }],
      }),
    ),
    nearMiss: withChanges(
      configurationPatch({
        communities: [{ name: 'services', value: '64700:1' }],
        prefixAdvertisements: [{ cidr: '192.168.5.0/24', communities: ['services'] }],
      }),
    ),
  },
  {
    code: 'P23',
    title: 'what is tagged is narrower than what is announced',
    failing: withChanges(
      configurationPatch({ prefixAdvertisements: [{ cidr: '192.168.5.0/25', communities: ['64700:1'] }] }),
    ),
    nearMiss: withChanges(
      configurationPatch({ prefixAdvertisements: [{ cidr: '192.168.4.0/23', communities: ['64700:1'] }] }),
    ),
  },
  {
    code: 'P24',
    title: 'a filter does not exist',
    failing: withChanges({ ...peerPatch({ filters: ['owm'] }), add: [filter(ownOnly)] }),
    nearMiss: withChanges({ ...peerPatch({ filters: ['own'] }), add: [filter(ownOnly)] }),
  },
  {
    code: 'P25',
    title: 'a filter rejects what the node itself announces',
    failing: withChanges({
      ...peerPatch({ filters: ['own'] }),
      add: [filter({ cidr: '192.168.5.0/24', matchOperator: 'In', action: 'Reject' })],
    }),
    nearMiss: withChanges({ ...peerPatch({ filters: ['own'] }), add: [filter(ownOnly)] }),
  },
  {
    code: 'P25',
    title: 'a filter rejects a range of externalIPs that has the address of a Service',
    failing: withChanges({
      set: {
        'BGPPeer/tor': { spec: { filters: ['own'] } },
        'BGPConfiguration/default': {
          spec: { serviceLoadBalancerIPs: null, serviceExternalIPs: [{ cidr: '192.168.5.0/24' }] },
        },
      },
      add: [filter({ action: 'Reject' })],
      drop: ['Service/edge', 'EndpointSlice/edge-1'],
    }),
    nearMiss: withChanges({
      ...configurationPatch({ serviceExternalIPs: [{ cidr: '198.51.100.0/24' }] }),
      add: [filter({ cidr: '198.51.100.0/24', matchOperator: 'In', action: 'Reject' })],
    }),
  },
  {
    code: 'P27',
    title: 'there is a router',
    failing: HEALTHY,
    nearMiss: withChanges({ drop: ['BGPPeer/tor'] }),
    hasNoEdit: true,
  },
  {
    code: 'P28',
    title: 'the endpoints of a Local Service are where nobody announces',
    failing: withChanges({ add: exposedService('edge', { ip: '192.168.5.10', local: true, on: ['cp1'] }) }),
    nearMiss: withChanges({ add: exposedService('edge', { ip: '192.168.5.10', on: ['cp1'] }) }),
  },
  {
    code: 'P28',
    title: 'a Local Service has no ready endpoint',
    failing: withChanges({ add: exposedService('edge', { ip: '192.168.5.10', local: true, ready: false }) }),
    nearMiss: withChanges({ add: exposedService('edge', { ip: '192.168.5.10', local: true, ready: true }) }),
  },
  {
    code: 'P29',
    title: 'a Service has no EndpointSlice',
    failing: withChanges({ ...configurationPatch(DISABLED), drop: ['EndpointSlice/web-1'] }),
    nearMiss: withChanges({ drop: ['EndpointSlice/web-1'] }),
  },
  {
    code: 'P30',
    title: 'a version loses routes',
    failing: withChanges({ add: [calicoVersion('v3.31.2')] }),
    nearMiss: withChanges({ add: [calicoVersion('v3.31.4')] }),
    hasNoEdit: true,
  },
  {
    code: 'P33',
    title: 'the datastore is being migrated',
    failing: withChanges({ add: [object('DatastoreMigration', 'v3', { status: { phase: 'Migrating' } })] }),
    nearMiss: withChanges({ add: [object('DatastoreMigration', 'v3', { status: { phase: 'Complete' } })] }),
    hasNoEdit: true,
  },
  {
    code: 'P37',
    title: 'a standard community is too large',
    failing: withChanges(
      configurationPatch({ prefixAdvertisements: [{ cidr: '192.168.5.0/24', communities: ['70000:1'] }] }),
    ),
    nearMiss: withChanges(
      configurationPatch({ prefixAdvertisements: [{ cidr: '192.168.5.0/24', communities: ['70000:1:1'] }] }),
    ),
  },
  {
    code: 'P41',
    title: 'a deleted slice leaves its route behind',
    failing: withChanges({
      ...configurationPatch(DISABLED),
      drop: ['EndpointSlice/web-1'],
      add: [status('192.168.5.20/32', 'Static')],
    }),
    nearMiss: withChanges({ ...configurationPatch(DISABLED), add: [status('192.168.5.20/32', 'Static')] }),
    hasNoEdit: true,
  },
  {
    code: 'P43',
    title: "a filter puts the router's own AS into the path, which it takes for a loop",
    failing: withChanges({
      ...peerPatch({ filters: ['own'] }),
      add: [filter({ action: 'Accept', operations: [{ prependASPath: { prefix: [65116] } }] })],
    }),
    nearMiss: HEALTHY,
    hasNoEdit: true,
  },
];
