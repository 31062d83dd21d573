/** What nodes and route reflectors pass on in different versions of Calico. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { exposedService, node, object } from '../support/clusters.ts';
import { learnedFrom, play, TOR } from '../support/played-cluster.ts';

const REFLECTOR = { rr: 'yes' };
const clusterId = (id: string): Raw => ({ 'projectcalico.org/RouteReflectorClusterID': id });

/** A client with a Service, and a reflector that peers with the router. */
const behindReflector = (spec: Raw = {}, peer: Raw = {}): readonly Raw[] => [
  node('w1', 11),
  node('w9', 19, REFLECTOR, clusterId('224.0.0.1')),
  object('BGPConfiguration', 'default', {
    spec: {
      nodeToNodeMeshEnabled: false,
      serviceLoadBalancerIPs: [{ cidr: '192.168.5.0/24' }],
      serviceExternalIPs: [{ cidr: '192.168.7.0/24' }],
      serviceLoadBalancerAggregation: 'Disabled',
      ...spec,
    },
  }),
  object('BGPPeer', 'tor', {
    spec: { nodeSelector: 'has(rr)', peerIP: TOR, asNumber: 65116, ...peer },
  }),
  object('BGPPeer', 'reflectors', { spec: { nodeSelector: '!has(rr)', peerSelector: 'has(rr)' } }),
  ...exposedService('edge', { ip: '192.168.5.10', local: true }).map((one) =>
    one['kind'] === 'Service'
      ? { ...one, spec: { ...(one['spec'] as Raw), externalIPs: ['192.168.7.1'] } }
      : one,
  ),
];

const start = (calicoVersion: string, objects: readonly Raw[], routers: readonly Raw[] = [{}]) => {
  const [observation] = play({ calicoVersion, objects, routers });
  assert.ok(observation);
  return observation;
};

describe('a reflector passes on', () => {
  const rows: readonly (readonly [version: string, loadBalancers: boolean, externals: boolean])[] = [
    ['v3.27.2', false, false],
    ['v3.27.3', true, false],
    ['v3.31.7', true, false],
    ['v3.32.1', true, false],
    ['v3.33.0', true, true],
  ];
  for (const [version, loadBalancers, externals] of rows)
    it(`${loadBalancers ? 'addresses of load balancers' : 'nothing'}${externals ? ' and externalIPs' : ''} in ${version}`, () => {
      const learned = learnedFrom(
        start(version, behindReflector({ serviceLoadBalancerAggregation: 'Enabled' })),
      );
      assert.equal('192.168.5.10/32' in learned, true, 'its own range lets it pass');
      // An excluded reflector has no range of its own.
      const excluded = behindReflector({ serviceLoadBalancerAggregation: 'Enabled' }).map((one) =>
        (one['metadata'] as Raw)['name'] === 'w9'
          ? node(
              'w9',
              19,
              { ...REFLECTOR, 'node.kubernetes.io/exclude-from-external-load-balancers': 'true' },
              clusterId('224.0.0.1'),
            )
          : one,
      );
      const through = learnedFrom(start(version, excluded));
      assert.equal('192.168.5.10/32' in through, loadBalancers);
      assert.equal('192.168.7.1/32' in through, externals);
    });
});

describe('nextHopMode of the reflector', () => {
  const nextHop = (version: string, peer: Raw): string => {
    const { routers } = start(version, behindReflector({}, peer));
    const [path] = routers[TOR]?.routes.find(({ prefix }) => prefix === '192.168.5.10/32')?.paths ?? [];
    return path?.nextHop ?? '';
  };
  for (const [version, expected] of [
    ['v3.30.1', '10.10.0.19'],
    ['v3.30.2', '10.10.0.11'],
    ['v3.32.1', '10.10.0.11'],
  ] as const)
    it(`Keep gives ${expected} in ${version}`, () =>
      assert.equal(nextHop(version, { nextHopMode: 'Keep' }), expected));

  it('keepOriginalNextHop is in all of them', () =>
    assert.equal(nextHop('v3.27.3', { keepOriginalNextHop: true }), '10.10.0.11'));
});

describe('a node', () => {
  const internal = [{ as: 64512, nodeAS: 64512 }];
  const iBGP = (): readonly Raw[] => [
    ...behindReflector({ serviceLoadBalancerAggregation: 'Enabled' }).filter(
      ({ kind }) => kind !== 'BGPPeer',
    ),
    object('BGPPeer', 'tor', { spec: { peerIP: TOR, asNumber: 64512 } }),
  ];
  for (const [version, expected] of [
    ['v3.31.7', undefined],
    ['v3.32.0', 2_147_482_623],
  ] as const)
    it(`of ${version} sends its routes to iBGP peers with LOCAL_PREF ${expected ?? 'by default'}`, () => {
      const { routers } = start(version, iBGP(), internal);
      const [path] = routers[TOR]?.routes.find(({ prefix }) => prefix === '192.168.5.0/24')?.paths ?? [];
      assert.ok(path);
      assert.equal(path.localPref, expected);
    });

  const mixed = (): readonly Raw[] => [
    node('w1', 11, {}, { 'projectcalico.org/ASNumber': '64999' }),
    node('w2', 12),
    object('BGPConfiguration', 'default', { spec: { serviceLoadBalancerIPs: [{ cidr: '192.168.5.0/24' }] } }),
  ];
  for (const [version, expected] of [
    ['v3.31.7', 'Established'],
    ['v3.32.0', 'down'],
  ] as const)
    it(`of ${version} and a mesh neighbour without an AS annotation have a session that is ${expected}`, () => {
      const { nodes } = start(version, mixed());
      assert.deepEqual(
        nodes['w1']?.sessions.map(({ state }) => state),
        [expected],
      );
    });
});
