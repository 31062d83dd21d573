/** Edits of a cluster whose speakers answer by layer 2, of every kind, and what its objects are made of. */
import { type AnyObject, NAMESPACE } from '../../../../controller/support/rig.ts';
import { NODES } from '../native-cluster.ts';
import type { Edit } from './planned-edit.ts';

/** Of the nodes' own subnets. Every address of both pools is asked for all the time. */
export const POOLS = { lan: '10.10.0.128/30', other: '10.10.0.132/30' } as const;
export const POOL6 = 'fd10:10::1:0/126';

const object = (kind: string, name: string, spec: AnyObject): AnyObject => ({
  apiVersion: 'metallb.io/v1beta1',
  kind,
  metadata: { name, namespace: NAMESPACE },
  spec,
});
export const advertisement = (spec: AnyObject, name = 'lan'): Edit => ({
  apply: [object('L2Advertisement', name, spec)],
});
export const pool = (name: string, addresses: readonly string[], spec: AnyObject = {}): Edit => ({
  apply: [object('IPAddressPool', name, { addresses, ...spec })],
});
export const node = (name: string, labels: AnyObject, spec: AnyObject = {}): Edit => ({
  apply: [
    {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
      spec,
    },
  ],
});
export const service = (name: string, spec: AnyObject, metadata: AnyObject = {}): AnyObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default', ...metadata },
  spec: {
    type: 'LoadBalancer',
    externalTrafficPolicy: 'Cluster',
    ports: [{ name: 'http', port: 80, targetPort: 8080 }],
    ...spec,
  },
});
export const slice = (name: string, nodes: readonly string[]): AnyObject => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: `${name}-4`, namespace: 'default', labels: { 'kubernetes.io/service-name': name } },
  addressType: 'IPv4',
  ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
  endpoints: nodes.map((nodeName, index) => ({
    addresses: [`10.244.9.${index + 1}`],
    conditions: { ready: true, serving: true, terminating: false },
    nodeName,
  })),
});
const onNodes = (...names: readonly string[]): AnyObject => ({
  nodeSelectors: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: names }] }],
});
const EXCLUDED = { 'node.kubernetes.io/exclude-from-external-load-balancers': '' };
export const DUAL = { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'RequireDualStack' };
export const shared = { annotations: { 'metallb.io/allow-shared-ip': 'one' } };
export const all = { interfaces: ['eth0'] };
const nobody = { ...all, serviceSelectors: [{ matchLabels: { of: 'nobody' } }] };

export type Row = {
  readonly says: string;
  readonly edit: Edit;
  /** Before it is planned, the speaker of a node ends, or starts again. */
  readonly first?: { readonly does: 'kill' | 'end' | 'start'; readonly node: string };
  /** What speakers keep of an object that is invalid, only they know. */
  readonly startsInvalid?: true;
};

/** One after the other, each from where the one before it ended. */
export const EDITS: readonly Row[] = [
  { says: 'nothing is edited', edit: advertisement(all) },
  { says: 'the nodes of an advertisement', edit: advertisement({ ...all, ...onNodes('w3') }) },
  {
    says: 'a node of an advertisement that serves a local Service',
    edit: advertisement({ ...all, ...onNodes('w2') }),
  },
  { says: 'an interface that no node has', edit: advertisement({ interfaces: ['eth9'] }) },
  {
    says: 'Services of an advertisement',
    edit: advertisement({ ...all, serviceSelectors: [{ matchLabels: { tier: 'gold' } }] }),
  },
  {
    says: 'a label that a Service gains',
    edit: { apply: [service('web', DUAL, { labels: { tier: 'gold' } })] },
  },
  { says: 'the pool of an advertisement', edit: advertisement({ ...all, ipAddressPools: ['other'] }) },
  {
    says: 'an advertisement that the speakers reject',
    edit: advertisement({
      ...all,
      nodeSelectors: [{ matchExpressions: [{ key: 'a b', operator: 'Exists' }] }],
    }),
  },
  { says: 'an advertisement for all, as before', edit: advertisement(all), startsInvalid: true },
  { says: 'a second advertisement for one node', edit: advertisement({ ...all, ...onNodes('w1') }, 'more') },
  { says: 'the first advertisement is removed', edit: { remove: 'l2advertisement.metallb.io/lan' } },
  {
    says: 'a label that the node of the advertisement loses',
    edit: advertisement({ ...all, nodeSelectors: [{ matchLabels: { lan: 'yes' } }] }, 'more'),
  },
  { says: 'a label that a node gains', edit: node('w2', { lan: 'yes' }) },
  { says: 'the label is on one more node', edit: node('w3', { lan: 'yes' }) },
  { says: 'a node that is excluded', edit: node('w2', { lan: 'yes', ...EXCLUDED }) },
  { says: 'the node is no longer excluded', edit: node('w2', { lan: 'yes' }) },
  { says: 'a node that is cordoned', edit: node('w3', { lan: 'yes' }, { unschedulable: true }) },
  { says: 'the node is no longer cordoned', edit: node('w3', { lan: 'yes' }, { unschedulable: false }) },
  { says: 'the last advertisement is removed', edit: { remove: 'l2advertisement.metallb.io/more' } },
  { says: 'an advertisement comes back', edit: advertisement(all) },
  {
    says: 'a Service that becomes local',
    edit: {
      apply: [service('web', { ...DUAL, externalTrafficPolicy: 'Local' }, { labels: { tier: 'gold' } })],
    },
  },
  { says: 'its endpoints move', edit: { apply: [slice('web', ['w3'])] } },
  { says: 'its endpoints end', edit: { apply: [slice('web', [])] } },
  {
    says: 'its endpoints are removed',
    edit: { remove: 'endpointslice.discovery.k8s.io/default/web-4' },
  },
  { says: 'its endpoints come back', edit: { apply: [slice('web', NODES)] } },
  {
    says: 'a Service asks for another address',
    edit: {
      apply: [
        service(
          'edge',
          { externalTrafficPolicy: 'Local' },
          { annotations: { 'metallb.io/loadBalancerIPs': '10.10.0.134' } },
        ),
      ],
    },
  },
  {
    says: 'a new Service, which has no endpoint yet',
    edit: { apply: [service('new', {}), slice('new', [])] },
  },
  { says: 'it gains an endpoint', edit: { apply: [slice('new', ['w1'])] } },
  {
    says: 'a Service that is no load balancer any more',
    edit: { apply: [service('new', { type: 'ClusterIP', externalTrafficPolicy: null })] },
  },
  {
    says: 'Services that share an address become local',
    edit: {
      apply: [
        service('s1', { externalTrafficPolicy: 'Local' }, shared),
        service('s2', { externalTrafficPolicy: 'Local', ports: [{ port: 81, targetPort: 8080 }] }, shared),
      ],
    },
  },
  {
    says: 'a Service of those that share is removed',
    edit: { remove: 'service/default/s1' },
  },
  {
    says: 'nobody is advertised after a speaker was killed',
    edit: advertisement(nobody),
    first: { does: 'kill', node: 'w1' },
  },
  { says: 'all are advertised, and it is dead', edit: advertisement(all) },
  {
    says: 'nobody is advertised after it came back',
    edit: advertisement(nobody),
    first: { does: 'start', node: 'w1' },
  },
  { says: 'all are advertised, and it is back', edit: advertisement(all) },
  {
    says: 'nobody is advertised after a speaker ended',
    edit: advertisement(nobody),
    first: { does: 'end', node: 'w3' },
  },
  { says: 'all are advertised, and it has ended', edit: advertisement(all) },
  { says: 'one node alone, whose speaker has ended', edit: advertisement({ ...all, ...onNodes('w3') }) },
  {
    says: 'all are advertised after it came back',
    edit: advertisement(all),
    first: { does: 'start', node: 'w3' },
  },
  { says: 'a pool whose range moves', edit: pool('lan', ['10.10.0.132/31', POOL6]) },
  { says: 'a pool is removed', edit: { remove: 'ipaddresspool.metallb.io/other' } },
  { says: 'a pool comes back', edit: pool('other', [POOLS.other]) },
  { says: 'the other pool is removed', edit: { remove: 'ipaddresspool.metallb.io/lan' } },
  { says: 'a Service is removed', edit: { remove: 'service/default/edge' } },
  { says: 'a Node is removed', edit: { remove: 'node/w2' } },
];

export const DAEMON_SET = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'berth-speaker', namespace: NAMESPACE },
  spec: {
    selector: { matchLabels: { app: 'speaker' } },
    template: {
      metadata: { labels: { app: 'speaker' } },
      spec: { containers: [{ name: 'speaker', image: 'berth', args: ['speaker', '--drain-on-cordon'] }] },
    },
  },
};
