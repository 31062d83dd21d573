/** The verdict of each Service, with an example of every reason. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { diagnose } from '../../../src/calico/findings/diagnose.ts';
import { decodeClusterObjects } from '../../../src/calico/objects/cluster-object.ts';
import { ANNOUNCED_REASONS, type AnnouncedVerdict } from '../../../src/calico/report/announced-verdicts.ts';
import { CalicoModel } from '../../../src/calico/report/calico-model.ts';
import { compareWithLive } from '../../../src/calico/report/live-comparison.ts';
import {
  configurationPatch,
  DISABLED,
  daemonSet,
  exposedService,
  HEALTHY,
  MESH,
  object,
  peerPatch,
  pool,
  withChanges,
} from '../support/clusters.ts';

const ALL = [
  ...['BGPConfiguration', 'BGPPeer', 'BGPFilter', 'IPPool', 'IPReservation', 'BlockAffinity'],
  ...['Node', 'Service', 'EndpointSlice', 'IPAddressPool', 'Secret'],
];

const verdict = (key: string, objects: readonly Raw[], read = ALL): AnnouncedVerdict | undefined =>
  new Map(
    new CalicoModel(() => 1).evaluate({
      isFull: true,
      upserted: decodeClusterObjects(objects),
      deleted: [],
      read,
    }).verdicts,
  ).get(key);

const report = (node: string, state: string): Raw =>
  object('CalicoNodeStatus', node, {
    spec: { node },
    status: { bgp: { peersV4: [{ peerIP: '10.10.0.1', state }] } },
  });

const reject = object('BGPFilter', 'own', {
  spec: { exportV4: [{ cidr: '192.168.5.0/24', matchOperator: 'In', action: 'Reject' }] },
});

const rows: readonly (readonly [title: string, service: string, objects: readonly Raw[], wanted: string])[] =
  [
    ['a healthy cluster', 'web', HEALTHY, 'True Predicted'],
    [
      'nodes report the session as established',
      'web',
      withChanges({ add: [report('w1', 'Established')] }),
      'True Confirmed',
    ],
    [
      'nodes report the session as down',
      'edge',
      withChanges({ add: [report('w1', 'Established'), report('w2', 'Active')] }),
      'False SessionDown',
    ],
    [
      'an address outside of the listed ranges',
      'web',
      withChanges({ add: exposedService('web', { ip: '192.168.6.1' }) }),
      'False RangeNotListed',
    ],
    [
      'a range with host bits',
      'web',
      withChanges(configurationPatch({ serviceLoadBalancerIPs: [{ cidr: '192.168.5.7/24' }] })),
      'False ConfigurationRefused',
    ],
    ['no BGPPeer', 'web', withChanges({ drop: ['BGPPeer/tor'] }), 'False NoPeer'],
    [
      'a filter that rejects the range',
      'web',
      withChanges({ ...peerPatch({ filters: ['own'] }), add: [reject] }),
      'False FilterRejects',
    ],
    ['a Local Service that leaks', 'edge', withChanges(configurationPatch(MESH)), 'False LocalLeak'],
    ['another Service beside a leak', 'web', withChanges(configurationPatch(MESH)), 'True Predicted'],
    [
      'a Local Service without ready endpoints',
      'edge',
      withChanges({
        ...configurationPatch(DISABLED),
        add: exposedService('edge', { ip: '192.168.5.10', local: true, ready: false }),
      }),
      'False NoEndpointAnnounces',
    ],
    [
      'Calico without BGP',
      'web',
      withChanges({
        add: [
          daemonSet('calico-node', 'kube-system', 'calico/node:v3.32.0', [
            { name: 'CALICO_NETWORKING_BACKEND', value: 'vxlan' },
          ]),
        ],
      }),
      'False CalicoWithoutBGP',
    ],
  ];

describe('the verdict', () => {
  for (const [title, service, objects, wanted] of rows) {
    it(`${title}: ${wanted}`, () => {
      const found = verdict(`shop/${service}`, objects);
      assert.equal(`${found?.status} ${found?.reason}`, wanted, found?.message);
      assert.ok(Object.hasOwn(ANNOUNCED_REASONS, found?.reason ?? ''));
      assert.match(found?.message ?? '', /^\S.*\.$/s);
    });
  }

  it('is unknown where the objects that decide it cannot be read', () => {
    const found = verdict(
      'shop/web',
      HEALTHY.filter((raw) => raw['kind'] !== 'EndpointSlice'),
      ['Service'],
    );
    assert.deepEqual([found?.status, found?.reason], ['Unknown', 'NotVisible']);
  });

  it('exists only for Services with an address', () => {
    const pending = withChanges({ set: { 'Service/web': { status: null } } });
    assert.equal(verdict('shop/web', pending), undefined);
  });

  it('does not depend on other Services, on their number or names', () => {
    const many = Array.from({ length: 40 }, (_, index) =>
      exposedService(`s${index}`, { ip: `192.168.6.${index}` }),
    ).flat();
    const one = exposedService('far', { ip: '192.168.6.200' });
    assert.deepEqual(
      verdict('shop/far', [...HEALTHY, ...one, ...many]),
      verdict('shop/far', [...HEALTHY, ...one]),
    );
    assert.deepEqual(
      verdict('shop/web', [...withChanges({ add: [pool('192.168.4.0-192.168.5.255')] }), ...many]),
      verdict('shop/web', HEALTHY),
    );
  });
});

describe('the comparison with CalicoNodeStatus', () => {
  const compared = (...statuses: readonly Raw[]) =>
    compareWithLive(
      diagnose(HEALTHY, { hashRouterId: () => 1, complete: true }).snapshot.converged,
      statuses,
    );
  const routes = (node: string, ...destinations: readonly string[]): Raw =>
    object('CalicoNodeStatus', node, {
      spec: { node },
      status: {
        routes: {
          routesV4: destinations.map((destination) => ({
            destination,
            learnedFrom: { sourceType: 'Static' },
          })),
        },
      },
    });

  it('is empty where nodes report what is expected', () => {
    const { differences, reporting, silent } = compared(
      report('w1', 'Established'),
      routes('w2', '192.168.5.0/24', '192.168.5.10/32'),
    );
    assert.deepEqual([differences, reporting, silent], [[], ['w1', 'w2'], ['cp1']]);
  });

  it('lists every difference', () => {
    const { differences } = compared(
      report('w1', 'Active'),
      routes('w2', '192.168.5.0/24', '192.168.5.77/32'),
    );
    assert.deepEqual(differences, [
      'w1: the session with 10.10.0.1 is Active, expected was Established',
      'w2: does not have 192.168.5.10/32, which it is expected to announce',
      'w2: has 192.168.5.77/32 to announce, which follows from no Service',
    ]);
  });
});
