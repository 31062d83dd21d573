/** Findings with route reflectors, kept next hops and ranges in another list: they follow from the routes. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { type Diagnosis, diagnose } from '../../../src/calico/findings/diagnose.ts';
import { reportRouters } from '../../../src/calico/report/router-report.ts';
import { applyEdits } from '../../../src/findings/apply-edits.ts';
import { calicoVersion, exposedService, node, object } from '../support/clusters.ts';

const EXCLUDED = { 'node.kubernetes.io/exclude-from-external-load-balancers': 'true' };

const diagnoseAll = (objects: readonly Raw[]): Diagnosis =>
  diagnose(objects, { hashRouterId: () => 1, complete: true, triesEdits: true });

const problems = ({ findings }: Diagnosis): readonly string[] =>
  findings.filter(({ severity }) => severity !== 'hint').map(({ code, severity }) => `${severity} ${code}`);

/** `prefix <- nodes` for the only router. */
const routes = ({ snapshot: { converged, assigned } }: Diagnosis): readonly string[] =>
  reportRouters(converged, assigned).flatMap((router) =>
    router.routes.map(({ prefix, nextHops }) => `${prefix} <- ${nextHops.map((one) => one.node).join(' ')}`),
  );

type Reflection = {
  readonly labels?: Raw;
  readonly routerAS?: number;
  readonly spec?: Raw;
  readonly peer?: Raw;
  readonly version?: string;
};

/** Workers w1 and w2 peer with the route reflector rr1, which alone peers with the router. */
const behindReflector = ({
  labels = {},
  routerAS = 64513,
  spec = { serviceLoadBalancerIPs: [{ cidr: '192.168.5.0/24' }] },
  peer = {},
  version = 'v3.31.7',
}: Reflection = {}): readonly Raw[] => [
  calicoVersion(version),
  node('rr1', 10, { rr: 'yes', ...labels }, { 'projectcalico.org/RouteReflectorClusterID': '224.0.0.1' }),
  node('w1', 11),
  node('w2', 12),
  object('BGPConfiguration', 'default', { spec: { asNumber: 64512, nodeToNodeMeshEnabled: false, ...spec } }),
  object('BGPPeer', 'to-reflector', { spec: { nodeSelector: '!has(rr)', peerSelector: 'has(rr)' } }),
  object('BGPPeer', 'tor', {
    spec: { nodeSelector: 'has(rr)', peerIP: '10.10.0.1', asNumber: routerAS, ...peer },
  }),
];

const web = exposedService('web', { ip: '192.168.5.20' });
const edge = exposedService('edge', { ip: '192.168.5.10', local: true, on: ['w1'] });

describe('an excluded route reflector', () => {
  const reflected = diagnoseAll([...behindReflector({ labels: EXCLUDED, routerAS: 64512 }), ...web, ...edge]);

  it('exports what the workers announce, with their next hops to an iBGP router', () =>
    assert.deepEqual(routes(reflected), ['192.168.5.0/24 <- w1', '192.168.5.10/32 <- w1']));

  it('has no finding about its label', () => assert.deepEqual(problems(reflected), []));

  it('has one where it exports nothing either', () => {
    const excluded = behindReflector({ labels: EXCLUDED })
      .filter((raw) => raw['kind'] !== 'BGPPeer' || JSON.stringify(raw).includes('"tor"'))
      .concat(web);
    assert.ok(problems(diagnoseAll(excluded)).includes('error P13'));
  });
});

describe('a Local Service behind a route reflector and an eBGP router', () => {
  const objects = [...behindReflector(), ...edge];
  const before = diagnoseAll(objects);
  const [leak] = before.findings;

  it('is dropped at the reflector, which is the only finding', () => {
    assert.deepEqual(routes(before), ['192.168.5.0/24 <- rr1', '192.168.5.10/32 <- rr1']);
    assert.deepEqual(problems(before), ['error P4']);
    assert.deepEqual(
      [leak?.object.kind, leak?.object.name, leak?.field],
      ['BGPPeer', 'tor', 'spec.nextHopMode'],
    );
  });

  it('its fix names next hops and never the mesh, which is off', () => {
    assert.match(leak?.remedy ?? '', /nextHopMode: Keep on BGPPeer tor/);
    assert.doesNotMatch(leak?.remedy ?? '', /mesh|BGPFilter/);
  });

  it('arrives with its edit', () => {
    const after = diagnoseAll(applyEdits(objects, leak?.edits ?? []));
    assert.deepEqual(problems(after), []);
    assert.ok(routes(after).includes('192.168.5.10/32 <- w1'));
  });

  it('with a BGPFilter against routes of other nodes the router has only the range', () => {
    const filter = object('BGPFilter', 'own', {
      spec: {
        exportV4: [{ cidr: '192.168.5.0/24', matchOperator: 'In', source: 'RemotePeers', action: 'Reject' }],
      },
    });
    const filtered = diagnoseAll([...behindReflector({ peer: { filters: ['own'] } }), filter, ...edge]);
    assert.deepEqual(routes(filtered), ['192.168.5.0/24 <- rr1']);
    assert.ok(problems(filtered).some((one) => /^error/.test(one) || one === 'warning P28'));
  });
});

describe('a single address in serviceExternalIPs behind a route reflector', () => {
  const spec = { serviceExternalIPs: [{ cidr: '192.168.7.1/32' }] };
  const [service, slice] = exposedService('edge', { ip: '192.168.5.10', local: true, on: ['w1'] }) as [
    Raw,
    Raw,
  ];
  const external = { ...service, spec: { ...(service['spec'] as Raw), externalIPs: ['192.168.7.1'] } };

  for (const [version, learned] of [
    ['v3.27.0', false],
    ['v3.31.7', false],
    ['v3.32.1', false],
    ['v3.33.0', true],
  ] as const) {
    it(`${version} ${learned ? 'exports' : 'does not export'} it`, () => {
      const found = diagnoseAll([...behindReflector({ spec, version }), external, slice]);
      assert.deepEqual(routes(found), learned ? ['192.168.7.1/32 <- rr1'] : []);
    });
  }

  it('load balancers have been exported since v3.27.3', () => {
    const single = { serviceLoadBalancerIPs: [{ cidr: '192.168.5.10/32' }] };
    const of = (version: string) =>
      routes(diagnoseAll([...behindReflector({ spec: single, version }), ...edge]));
    assert.deepEqual([of('v3.27.2'), of('v3.27.3')], [[], ['192.168.5.10/32 <- rr1']]);
  });
});

describe('a range in serviceExternalIPs that load balancers use', () => {
  const objects = (aggregation: string, local: boolean): readonly Raw[] => [
    calicoVersion('v3.31.7'),
    node('w1', 11),
    node('w2', 12),
    object('BGPConfiguration', 'default', {
      spec: {
        ...{ asNumber: 64512, nodeToNodeMeshEnabled: false },
        serviceLoadBalancerAggregation: aggregation,
        serviceExternalIPs: [{ cidr: '192.168.5.0/24' }],
      },
    }),
    object('BGPPeer', 'tor', { spec: { peerIP: '10.10.0.1', asNumber: 64513 } }),
    ...(local ? edge : web),
  ];

  it('is no error for a Service of policy Cluster, which is reached', () => {
    const found = diagnoseAll(objects('Enabled', false));
    assert.deepEqual(problems(found), ['warning P1']);
    assert.deepEqual(found.findings[0]?.addresses, []);
  });

  it('is one for a Local Service, whose host route is missing', () => {
    const found = diagnoseAll(objects('Enabled', true));
    assert.deepEqual(problems(found), ['error P1']);
    assert.deepEqual(found.findings[0]?.addresses, ['192.168.5.10']);
  });

  for (const aggregation of ['Enabled', 'Disabled'])
    for (const local of [true, false])
      it(`the edit moves the range and not an address: aggregation ${aggregation}, ${local ? 'Local' : 'Cluster'}`, () => {
        const before = objects(aggregation, local);
        const [first] = diagnoseAll(before).findings;
        const after = diagnoseAll(applyEdits(before, first?.edits ?? []));
        assert.deepEqual(problems(after), []);
        assert.match(
          JSON.stringify(first?.edits),
          /"serviceLoadBalancerIPs":\[\{"cidr":"192\.168\.5\.0\/24"\}\]/,
        );
      });
});
