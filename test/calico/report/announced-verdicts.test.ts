/** What is said on each Service, for each way in which it can be told. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { diagnose } from '../../../src/calico/findings/diagnose.ts';
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
    new CalicoModel(() => 1).evaluate({ isFull: true, upserted: objects, deleted: [], read }).verdicts,
  ).get(key);

const report = (node: string, state: string): Raw =>
  object('CalicoNodeStatus', node, {
    spec: { node },
    status: { bgp: { peersV4: [{ peerIP: '10.10.0.1', state }] } },
  });

const reject = object('BGPFilter', 'own', {
  spec: { exportV4: [{ cidr: '192.168.5.0/24', matchOperator: 'In', action: 'Reject' }] },
});

const rows: readonly (readonly [says: string, service: string, objects: readonly Raw[], wanted: string])[] = [
  ['all is well', 'web', HEALTHY, 'True Predicted'],
  ['the nodes confirm it', 'web', withChanges({ add: [report('w1', 'Established')] }), 'True Confirmed'],
  [
    'the nodes say otherwise',
    'edge',
    withChanges({ add: [report('w1', 'Established'), report('w2', 'Active')] }),
    'False SessionDown',
  ],
  [
    'not listed',
    'web',
    withChanges({ add: exposedService('web', { ip: '192.168.6.1' }) }),
    'False RangeNotListed',
  ],
  [
    'host bits',
    'web',
    withChanges(configurationPatch({ serviceLoadBalancerIPs: [{ cidr: '192.168.5.7/24' }] })),
    'False ConfigurationRefused',
  ],
  ['no peer', 'web', withChanges({ drop: ['BGPPeer/tor'] }), 'False NoPeer'],
  [
    'a filter',
    'web',
    withChanges({ ...peerPatch({ filters: ['own'] }), add: [reject] }),
    'False FilterRejects',
  ],
  ['a leak', 'edge', withChanges(configurationPatch(MESH)), 'False LocalLeak'],
  ['a leak is nothing to others', 'web', withChanges(configurationPatch(MESH)), 'True Predicted'],
  [
    'no endpoint',
    'edge',
    withChanges({
      ...configurationPatch(DISABLED),
      add: exposedService('edge', { ip: '192.168.5.10', local: true, ready: false }),
    }),
    'False NoEndpointAnnounces',
  ],
  [
    'no BGP',
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
  for (const [says, service, objects, wanted] of rows) {
    it(`${says}: ${wanted}`, () => {
      const found = verdict(`shop/${service}`, objects);
      assert.equal(`${found?.status} ${found?.reason}`, wanted, found?.message);
      assert.ok(Object.hasOwn(ANNOUNCED_REASONS, found?.reason ?? ''));
      assert.match(found?.message ?? '', /^\S.*\.$/s);
    });
  }

  it('is unknown where what decides cannot be read', () => {
    const found = verdict(
      'shop/web',
      HEALTHY.filter((raw) => raw['kind'] !== 'EndpointSlice'),
      ['Service'],
    );
    assert.deepEqual([found?.status, found?.reason], ['Unknown', 'NotVisible']);
  });

  it('says nothing of Services without an address', () => {
    const pending = withChanges({ set: { 'Service/web': { status: null } } });
    assert.equal(verdict('shop/web', pending), undefined);
  });

  it('of one Service does not change with others, their number or their names', () => {
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

describe('compared with the nodes', () => {
  const compared = (...statuses: readonly Raw[]) =>
    compareWithLive(diagnose(HEALTHY, { hashRouterId: () => 1, complete: true }).world.converged, statuses);
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

  it('finds nothing where they report what is expected', () => {
    const { differences, reporting, silent } = compared(
      report('w1', 'Established'),
      routes('w2', '192.168.5.0/24', '192.168.5.10/32'),
    );
    assert.deepEqual([differences, reporting, silent], [[], ['w1', 'w2'], ['cp1']]);
  });

  it('names every difference', () => {
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
