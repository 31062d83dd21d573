/** Plans of edits: one row for each outcome. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type AllocationSnapshot,
  disruptsServices,
  planEdit,
  type ServiceAssignment,
} from '../../../src/allocation/dry-run/plan.ts';
import type { ExternalClaims } from '../../../src/allocation/external-claims.ts';
import { toPoolObject } from '../../../src/config/pool/pool-set.ts';
import { formatAddress } from '../../../src/net/address.ts';
import type { Service } from '../../../src/objects/service.ts';
import { GRACE, OPTIONS, pool, service, TestCluster, WALL } from '../support/test-cluster.ts';

const WEB = pool('web', ['10.0.0.0/31']);
const OTHER = pool('other', ['10.9.0.0/30']);

const snapshot = (
  services: readonly Service[],
  pools: readonly object[],
  externalClaims: ExternalClaims | null = null,
): AllocationSnapshot => ({
  services,
  pools: pools.map(toPoolObject),
  namespaces: new Map(),
  layer2OnlyPools: new Set(),
  externalClaims,
});

const ALL_CLAIMED: ExternalClaims = {
  ipam: { mode: 'AllServices', pools: ['balancers'], scope: 'by-class' },
};

const formatAssignment = (assignment: ServiceAssignment | null): string =>
  assignment === null ? 'nothing' : assignment.addresses.map(formatAddress).join(' ') || assignment.reason;

/** A reconciled cluster with two Services of pool `web`. */
const settledServices = (): readonly Service[] => [
  ...new TestCluster({ pools: [WEB], services: [service('a'), service('b')] }).simulator.services.values(),
];

function planLines(edit: (services: readonly Service[]) => AllocationSnapshot) {
  const services = settledServices();
  const plan = planEdit(snapshot(services, [WEB]), edit(services), OPTIONS, WALL);
  const lines = plan.services.map(
    ({ key, outcome, before, after, later }) =>
      `${key} ${outcome}: ${formatAssignment(before)}, ${formatAssignment(after)}, ${formatAssignment(later)}`,
  );
  return { plan, lines };
}

const rows: readonly (readonly [
  title: string,
  edit: (services: readonly Service[]) => AllocationSnapshot,
  lines: readonly string[],
  moves: boolean,
])[] = [
  [
    'nothing is edited',
    (services) => snapshot(services, [WEB]),
    ['default/a keeps: 10.0.0.0, 10.0.0.0, 10.0.0.0', 'default/b keeps: 10.0.0.1, 10.0.0.1, 10.0.0.1'],
    false,
  ],
  [
    'the pool shrinks: one waits',
    (services) => snapshot(services, [pool('web', ['10.0.0.1/32'])]),
    [
      'default/a loses: 10.0.0.0, PoolExhausted, PoolExhausted',
      'default/b keeps: 10.0.0.1, 10.0.0.1, 10.0.0.1',
    ],
    true,
  ],
  [
    'the pool shrinks: one moves',
    (services) => snapshot(services, [pool('web', ['10.0.0.1-10.0.0.2'])]),
    ['default/a moves: 10.0.0.0, 10.0.0.2, 10.0.0.2', 'default/b keeps: 10.0.0.1, 10.0.0.1, 10.0.0.1'],
    true,
  ],
  [
    'the pool is deleted: they move after the grace period',
    (services) => snapshot(services, [OTHER]),
    ['default/a moves: 10.0.0.0, 10.0.0.0, 10.9.0.0', 'default/b moves: 10.0.0.1, 10.0.0.1, 10.9.0.1'],
    true,
  ],
  [
    'the only pool is deleted',
    (services) => snapshot(services, []),
    ['default/a loses: 10.0.0.0, 10.0.0.0, NoPools', 'default/b loses: 10.0.0.1, 10.0.0.1, NoPools'],
    true,
  ],
  [
    'the pool is renamed',
    (services) => snapshot(services, [pool('fresh', ['10.0.0.0/31'])]),
    [
      'default/a keeps-otherwise: 10.0.0.0, 10.0.0.0, 10.0.0.0',
      'default/b keeps-otherwise: 10.0.0.1, 10.0.0.1, 10.0.0.1',
    ],
    false,
  ],
  [
    'the pool becomes invalid',
    (services) => snapshot(services, [pool('web', ['rubbish'])]),
    ['default/a keeps: 10.0.0.0, 10.0.0.0, 10.0.0.0', 'default/b keeps: 10.0.0.1, 10.0.0.1, 10.0.0.1'],
    false,
  ],
  [
    'a new Service gets one',
    (services) => snapshot([...services, service('c')], [WEB, OTHER]),
    [
      'default/a keeps: 10.0.0.0, 10.0.0.0, 10.0.0.0',
      'default/b keeps: 10.0.0.1, 10.0.0.1, 10.0.0.1',
      'default/c gets: nothing, 10.9.0.0, 10.9.0.0',
    ],
    false,
  ],
  [
    'a new Service waits',
    (services) => snapshot([...services, service('c')], [WEB]),
    [
      'default/a keeps: 10.0.0.0, 10.0.0.0, 10.0.0.0',
      'default/b keeps: 10.0.0.1, 10.0.0.1, 10.0.0.1',
      'default/c starts-to-wait: nothing, PoolExhausted, PoolExhausted',
    ],
    false,
  ],
  [
    'Calico claims all Services: they keep their addresses, and a new one waits',
    (services) => snapshot([...services, service('c')], [WEB, OTHER], ALL_CLAIMED),
    [
      'default/a keeps-otherwise: 10.0.0.0, 10.0.0.0, 10.0.0.0',
      'default/b keeps-otherwise: 10.0.0.1, 10.0.0.1, 10.0.0.1',
      'default/c starts-to-wait: nothing, CalicoAllocates, CalicoAllocates',
    ],
    false,
  ],
  [
    'a Service is deleted',
    (services) => snapshot(services.slice(1), [WEB]),
    ['default/a leaves: 10.0.0.0, nothing, nothing', 'default/b keeps: 10.0.0.1, 10.0.0.1, 10.0.0.1'],
    false,
  ],
];

for (const [title, edit, lines, moves] of rows) {
  test(title, () => {
    const done = planLines(edit);
    assert.deepEqual(done.lines, lines);
    assert.equal(disruptsServices(done.plan), moves);
  });
}

test('a waiting Service still waits, or gets an address by the edit', () => {
  const pools = [pool('p', ['10.0.0.0/32'])];
  const services = [
    ...new TestCluster({ pools, services: [service('a'), service('b')] }).simulator.services.values(),
  ];
  const outcomes = (edited: readonly object[]): readonly string[] =>
    planEdit(snapshot(services, pools), snapshot(services, edited), OPTIONS, WALL).services.map(
      ({ outcome }) => outcome,
    );
  assert.deepEqual(outcomes(pools), ['keeps', 'still-waits']);
  assert.deepEqual(outcomes([pool('p', ['10.0.0.0/31'])]), ['keeps', 'gets']);
});

test('the plan has the grace period if one runs', () => {
  assert.equal(planLines((services) => snapshot(services, [])).plan.gracePeriod, GRACE);
  assert.equal(planLines((services) => snapshot(services, [WEB])).plan.gracePeriod, null);
});

test('a manifest has no status: the Service keeps its own', () => {
  const manifest = (one: Service): Service => ({
    ...one,
    ingress: [],
    conditions: [],
    annotations: {},
    clusterIPs: [],
    uid: '',
  });
  const { lines } = planLines((services) => snapshot(services.map(manifest), [WEB]));
  assert.deepEqual(lines, [
    'default/a keeps: 10.0.0.0, 10.0.0.0, 10.0.0.0',
    'default/b keeps: 10.0.0.1, 10.0.0.1, 10.0.0.1',
  ]);
});
