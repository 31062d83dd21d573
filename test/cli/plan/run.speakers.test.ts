/** `berth plan` in clusters whose speakers announce: what each kind of edit announces and withdraws. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fieldsOf, type Raw } from '../../../src/base/json.ts';
import {
  advertisement,
  community,
  node,
  peer,
  pool,
  service,
  serviceWithEndpoint,
} from '../../announce/support/cluster.ts';
import {
  answering,
  BGP_CLUSTER,
  daemonSet,
  edited,
  LAYER2_CLUSTER,
  speakerStatus,
} from '../../delivery/support/speaker-clusters.ts';
import { l2Record } from '../../layer2/support/l2-record.ts';
import { layer2Advertisement } from '../../layer2/support/layer2-cluster.ts';
import { type PlanRow, plan, testPlans } from '../support/plan-speakers.ts';

const WITH_OWNER = edited(LAYER2_CLUSTER, [l2Record({ name: 'l2-1', service: 'web/a', node: 'n2' })]);
const madeIn = (year: number, raw: Raw): Raw => ({
  ...raw,
  metadata: { ...fieldsOf(raw['metadata']), creationTimestamp: `${year}-01-01T00:00:00Z` },
});
const namesake = (apiVersion: string, kind: string, namespace: string, name: string) => ({
  ...{ apiVersion, kind },
  metadata: { namespace, name },
});
const EXCLUDED = { 'node.kubernetes.io/exclude-from-external-load-balancers': '' };
const DRAINING = daemonSet('speaker', 'ghcr.io/x/berth:1', { args: ['speaker', '--drain-on-cordon'] });

const rows: readonly PlanRow[] = [
  {
    says: 'an edit that changes nothing',
    cluster: BGP_CLUSTER,
    edit: [pool('main', ['10.20.1.0/24', '10.20.2.0/24'])],
    ...{ code: 0, out: /^No address in use would change: .*\nThe speakers would announce the same\.\n$/ },
  },
  {
    says: 'a Service of Knative has the name of the Service that it makes, and is another object',
    cluster: BGP_CLUSTER,
    edit: [namesake('serving.knative.dev/v1', 'Service', 'web', 'a')],
    ...{
      code: 0,
      out: /ignored.*: Service\.serving\.knative\.dev\n[\s\S]*The speakers would announce the same\.\n$/,
    },
  },
  {
    says: 'no namesake in another group takes the place of an object',
    cluster: BGP_CLUSTER,
    edit: BGP_CLUSTER.map(({ kind, metadata }) => ({ apiVersion: 'example.org/v1', kind, metadata })),
    ...{ code: 0, out: /The speakers would announce the same\.\n$/ },
  },
  {
    says: 'the only peer is deleted',
    cluster: BGP_CLUSTER,
    args: ['--delete', 'bgppeer/tor'],
    code: 3,
    out: /^1 address would have no route and no owner\n {2}10\.20\.1\.5 {2}web\/a: no node advertises it by BGP: no valid BGPPeer selects this node\n {6}Fix: .*\n[\s\S]*Peer tor \(10\.213\.0\.1\)\n {2}the session closes with n1 n2\n {2}10\.20\.1\.5\/32 is withdrawn by n1 n2 \(web\/a\)/,
  },
  {
    says: 'a second peer is added',
    cluster: BGP_CLUSTER,
    edit: [peer('second', { peerAddress: '10.213.0.2' })],
    code: 0,
    out: /^Peer second \(10\.213\.0\.2\)\n {2}a session opens with n1 n2\n {2}10\.20\.1\.5\/32 is advertised by n1 n2 \(web\/a\)/,
  },
  {
    says: 'the timers of a peer change, so that its sessions restart',
    cluster: BGP_CLUSTER,
    edit: [peer('tor', { holdTime: '9s' })],
    ...{ code: 3, out: /the session restarts with n1 n2\n[\s\S]*The speakers: 2 sessions restarted\.\n$/ },
  },
  {
    says: 'the address of a router changes',
    cluster: BGP_CLUSTER,
    edit: [peer('tor', { peerAddress: '10.213.0.9' })],
    ...{
      code: 3,
      out: /Peer tor \(10\.213\.0\.1\)\n {2}the session closes[\s\S]*Peer tor \(10\.213\.0\.9\)\n {2}a session opens/,
    },
  },
  {
    says: 'an advertisement gets a community',
    cluster: BGP_CLUSTER,
    edit: [advertisement('all', { communities: ['64500:7'] })],
    ...{ code: 0, out: /10\.20\.1\.5\/32 communities none becomes 64500:7 \(web\/a\)/ },
  },
  {
    says: 'the value of a community changes',
    cluster: edited(BGP_CLUSTER, [
      advertisement('all', { communities: ['x'] }),
      community('c', { x: '64500:1' }),
    ]),
    edit: [community('c', { x: '64500:2' })],
    ...{ code: 0, out: /communities 64500:1 becomes 64500:2/ },
  },
  {
    says: 'a Community in use is deleted: the routes are lost when the speakers restart',
    cluster: edited(BGP_CLUSTER, [
      advertisement('all', { communities: ['x'] }),
      community('c', { x: '64500:1' }),
      community('other', { y: '64500:3' }),
    ]),
    args: ['--delete', 'community/c'],
    code: 3,
    out: /^When the speakers restart\n[\s\S]*Peer tor \(10\.213\.0\.1\)\n {2}10\.20\.1\.5\/32 is withdrawn by n1 n2[\s\S]*note: the speakers would reject it/,
  },
  {
    says: 'an older pool takes an address, and nothing advertises it: the route is lost when the speakers restart',
    cluster: edited(BGP_CLUSTER, [
      madeIn(2024, pool('main', ['10.20.1.0/24'])),
      madeIn(2020, pool('old', ['10.20.9.0/24'])),
      advertisement('all', { ipAddressPools: ['main'] }),
    ]),
    edit: [madeIn(2020, pool('old', ['10.20.1.0/28', '10.20.9.0/24']))],
    code: 3,
    out: /^When the speakers restart\n {2}Until then these Services stay in their pool; an older one lists them too \(web\/a\)\.\n[\s\S]*is withdrawn by n1 n2/,
  },
  {
    says: 'an advertisement selects fewer nodes',
    cluster: BGP_CLUSTER,
    edit: [advertisement('all', { nodeSelectors: [{ matchLabels: { zone: 'a' } }] })],
    ...{ code: 3, out: /10\.20\.1\.5\/32 is withdrawn by n2 \(web\/a\)/ },
  },
  {
    says: 'a node loses the label by which a peer selects it',
    cluster: edited(BGP_CLUSTER, [peer('tor', { nodeSelectors: [{ matchLabels: { zone: 'a' } }] })]),
    edit: [node('n1', { zone: 'c' })],
    ...{ code: 3, out: /1 address would have no route[\s\S]*the session closes with n1/ },
  },
  {
    says: 'a node is excluded',
    cluster: BGP_CLUSTER,
    edit: [node('n1', EXCLUDED)],
    ...{ code: 3, out: /10\.20\.1\.5\/32 is withdrawn by n1 / },
  },
  {
    says: 'a node is cordoned, and the speakers drain then',
    cluster: edited(BGP_CLUSTER, [DRAINING]),
    edit: [{ ...node('n1'), spec: { unschedulable: true } }],
    ...{ code: 3, out: /the session closes with n1\n {2}10\.20\.1\.5\/32 is withdrawn by n1/ },
  },
  {
    says: 'a node is cordoned, and the flags of the speakers are not known',
    cluster: BGP_CLUSTER,
    edit: [{ ...node('n1'), spec: { unschedulable: true } }],
    ...{ code: 5, out: /Not checked\n {2}- Node n1 would be cordoned/ },
  },
  {
    says: 'a pool moves, and its routes with it',
    cluster: BGP_CLUSTER,
    edit: [pool('main', ['10.20.9.0/24'])],
    ...{
      code: 3,
      out: /10\.20\.1\.5\/32 is withdrawn by n1 n2[\s\S]*10\.20\.9\.0\/32 is advertised by n1 n2/,
    },
  },
  {
    says: 'a new Service is announced',
    cluster: BGP_CLUSTER,
    edit: [
      { ...service('new', [], { externalTrafficPolicy: 'Cluster', ports: [{ port: 80 }] }), status: {} },
    ],
    ...{ code: 0, out: /10\.20\.1\.0\/32 is advertised by n1 n2 \(web\/new\)/ },
  },
  {
    says: 'a Service becomes Local',
    cluster: BGP_CLUSTER,
    edit: [
      {
        kind: 'Service',
        metadata: { name: 'a', namespace: 'web' },
        spec: { externalTrafficPolicy: 'Local' },
      },
    ],
    ...{ code: 3, out: /10\.20\.1\.5\/32 is withdrawn by n2 / },
  },
  {
    says: 'the EndpointSlice of a Service is deleted',
    cluster: edited(
      BGP_CLUSTER,
      serviceWithEndpoint('b', '10.20.1.6').map((raw) =>
        raw['kind'] === 'EndpointSlice'
          ? { ...raw, metadata: { ...(raw['metadata'] as object), name: 'b-1' } }
          : raw,
      ),
    ),
    args: ['--delete', 'endpointslice/web/a-1'],
    ...{ code: 3, out: /10\.20\.1\.5 {2}web\/a: no node advertises it by BGP: no endpoint is ready/ },
  },
  {
    says: 'by layer 2, the only advertisement is deleted',
    cluster: LAYER2_CLUSTER,
    args: ['--delete', 'l2advertisement/all'],
    ...{
      code: 3,
      out: /1 address would have no route and no owner[\s\S]*Layer 2\n {2}10\.20\.1\.5 is answered for by nobody, and was by n/,
    },
  },
  {
    says: 'by layer 2, the recorded owner is excluded',
    cluster: WITH_OWNER,
    edit: [node('n2', EXCLUDED)],
    ...{ code: 3, out: /Layer 2\n {2}10\.20\.1\.5 moves from n2 to n1 \(web\/a\)/ },
  },
  {
    says: 'by layer 2, another node is excluded and the owner stays',
    cluster: WITH_OWNER,
    edit: [node('n1', EXCLUDED)],
    ...{ code: 0, out: /The speakers would announce the same/ },
  },
  {
    says: 'by layer 2, interfaces that no node has',
    cluster: edited(LAYER2_CLUSTER, [
      speakerStatus('n1', answering(null)),
      speakerStatus('n2', answering(null)),
    ]),
    edit: [layer2Advertisement('all', { interfaces: ['eth9'] })],
    ...{ code: 3, out: /none of the interfaces eth9/ },
  },
  {
    says: 'an object that is invalid already',
    cluster: edited(BGP_CLUSTER, [advertisement('broken', { peers: 'tor' })]),
    edit: [peer('second', { peerAddress: '10.213.0.2' })],
    ...{ code: 5, out: /BGPAdvertisement broken is invalid as it is now/ },
  },
  {
    says: 'an edit that the speakers reject',
    cluster: BGP_CLUSTER,
    edit: [
      peer('tor', { bfdProfile: 'nobody' }),
      { apiVersion: 'metallb.io/v1beta1', kind: 'BFDProfile', metadata: { name: 'fast' }, spec: {} },
    ],
    code: 3,
    out: /note: the speakers would reject it and keep the last valid version: peer tor referencing non\s+existing bfd profile nobody/,
  },
  {
    says: 'the first objects by which speakers announce',
    cluster: BGP_CLUSTER.filter((raw) => !/^BGP/.test(String(raw['kind']))),
    edit: [peer('tor'), advertisement('all')],
    ...{ code: 0, out: /10\.20\.1\.5\/32 is advertised by n1 n2/ },
  },
];

describe('plan with speakers', () => {
  testPlans(rows);

  it('the JSON has sessions, routes, owners, and what nothing leads to', async (test) => {
    const { out } = await plan(test, BGP_CLUSTER, [], '--delete', 'bgppeer/tor', '-o', 'json');
    const { announcements } = JSON.parse(out);
    assert.deepEqual(announcements.sessions, [
      { peer: 'tor', router: '10.213.0.1', change: 'closes', nodes: ['n1', 'n2'] },
    ]);
    assert.deepEqual(announcements.routes, [
      {
        ...{ peer: 'tor', router: '10.213.0.1', prefix: '10.20.1.5/32' },
        ...{ before: ['n1', 'n2'], after: [], otherwise: [], services: ['web/a'] },
      },
    ]);
    assert.equal(announcements.unreached[0].address, '10.20.1.5');
    assert.match(announcements.unreached[0].fix, /BGPPeer/);
  });

  it('a name that both APIs have needs its group', async (test) => {
    const calico = {
      apiVersion: 'projectcalico.org/v3',
      kind: 'BGPPeer',
      metadata: { name: 'tor' },
      spec: {},
    };
    const ran = await plan(test, [...BGP_CLUSTER, calico], [], '--delete', 'bgppeer/tor');
    assert.equal(ran.code, 1);
    assert.match(ran.err, /there is a BGPPeer tor in .*: write --delete bgppeer\.metallb\.io\/tor/);
  });
});
