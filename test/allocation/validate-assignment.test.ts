/** What becomes of an address that is held, when the Service, its pool or its namespace changes: one row for each. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Service } from '../../src/objects/service.ts';
import {
  type ClusterSetup,
  eventsOf,
  pool,
  type ServiceOverrides,
  service,
  TestCluster,
} from './support/test-cluster.ts';

const WEB = pool('web', ['10.0.0.0/30']);
const OTHER = pool('other', ['10.9.0.0/30']);
const DUAL = pool('dual', ['10.1.0.0/30', 'fd01::/126']);
const BOTH: Partial<Service> = { clusterIPs: ['10.96.0.1', 'fd96::1'] };

const requests = (key: string, value: string): Partial<Service> => ({
  annotations: { [`metallb.io/${key}`]: value, 'metallb.io/ip-allocated-from-pool': 'web' },
});

type Row = readonly [
  says: string,
  stage: Omit<ClusterSetup, 'services'> & {
    readonly wish?: ServiceOverrides;
    readonly others?: readonly Service[];
  },
  change: Partial<Service> | readonly object[],
  outcome: string,
];

const rows: readonly Row[] = [
  // --- the Service changes
  ['a label is none of our business', { pools: [WEB] }, { labels: { a: 'b' } }, '10.0.0.0'],
  ['it asks for what it has', { pools: [WEB] }, requests('loadBalancerIPs', '10.0.0.0'), '10.0.0.0'],
  ['it asks for another address', { pools: [WEB] }, requests('loadBalancerIPs', '10.0.0.3'), '10.0.0.3'],
  [
    'it asks for one that is taken, and waits',
    { pools: [WEB], others: [service('x', requests('loadBalancerIPs', '10.0.0.3'))] },
    requests('loadBalancerIPs', '10.0.0.3'),
    'AddressTaken',
  ],
  [
    'what it asks for cannot be read: it keeps what it has',
    { pools: [WEB] },
    requests('loadBalancerIPs', 'rubbish'),
    'InvalidRequest 10.0.0.0',
  ],
  [
    'what it asks for cannot be read: neither does it go to the pool that it asks for',
    { pools: [WEB, OTHER], wish: { requests: { 'address-pool': 'web' } } },
    {
      annotations: {
        ...requests('loadBalancerIPs', 'rubbish').annotations,
        'metallb.io/address-pool': 'other',
      },
    },
    'InvalidRequest 10.0.0.0',
  ],
  [
    'two of one family can be read: it waits',
    { pools: [WEB] },
    requests('loadBalancerIPs', '10.0.0.0,10.0.0.1'),
    'InvalidRequest',
  ],
  ['it asks for the pool that it has', { pools: [WEB, OTHER] }, requests('address-pool', 'web'), '10.0.0.0'],
  [
    'it asks for another pool',
    { pools: [WEB, OTHER], wish: { requests: { 'address-pool': 'web' } } },
    requests('address-pool', 'other'),
    '10.9.0.0',
  ],
  [
    'it asks for a pool that is not there, and waits',
    { pools: [WEB] },
    requests('address-pool', 'nowhere'),
    'UnknownPool',
  ],
  [
    'it asks for a pool that cannot be read: it keeps what it has',
    { pools: [WEB, pool('bad', ['rubbish'])] },
    requests('address-pool', 'bad'),
    'PoolInvalid 10.0.0.0',
  ],
  [
    'it asks for another pool that holds the same address',
    {
      pools: [WEB, pool('more', ['10.0.0.0/29'], { age: 9 })],
      wish: { requests: { 'address-pool': 'web' } },
    },
    requests('address-pool', 'more'),
    '10.0.0.0',
  ],
  [
    'it becomes dual-stack, and its pool has both',
    { pools: [DUAL] },
    { ...BOTH, ipFamilyPolicy: 'PreferDualStack' },
    '10.1.0.0 fd01::',
  ],
  [
    'it becomes dual-stack, and its pool has one',
    { pools: [WEB] },
    { ...BOTH, ipFamilyPolicy: 'PreferDualStack' },
    'AssignedOneFamily 10.0.0.0',
  ],
  [
    'it comes to require two families, and keeps the one that can be had',
    { pools: [WEB] },
    { ...BOTH, ipFamilyPolicy: 'RequireDualStack' },
    'AssignedOneFamily 10.0.0.0',
  ],
  [
    'it becomes single-stack',
    { pools: [DUAL], wish: { families: [4, 6], ipFamilyPolicy: 'PreferDualStack' } },
    { clusterIPs: ['10.96.0.1'], ipFamilyPolicy: 'SingleStack' },
    '10.1.0.0',
  ],
  [
    'it becomes single-stack of the second family',
    { pools: [DUAL], wish: { families: [4, 6], ipFamilyPolicy: 'PreferDualStack' } },
    { clusterIPs: ['fd96::1'], ipFamilyPolicy: 'SingleStack' },
    'fd01::',
  ],
  ['it changes family', { pools: [DUAL] }, { clusterIPs: ['fd96::1'] }, 'fd01::'],
  [
    'it requires two families and has one cluster IP',
    { pools: [DUAL] },
    { ipFamilyPolicy: 'RequireDualStack' },
    'DualStackUnavailable',
  ],
  ['it loses its cluster IP', { pools: [WEB] }, { clusterIPs: [] }, 'NoClusterIP'],
  ['it gets a sharing key', { pools: [WEB] }, requests('allow-shared-ip', 'k'), '10.0.0.0'],
  [
    'the only one on an address changes its key',
    { pools: [WEB], wish: { requests: { 'allow-shared-ip': 'k' } } },
    requests('allow-shared-ip', 'l'),
    '10.0.0.0',
  ],
  [
    'one of two who share changes its key, and moves',
    {
      pools: [WEB],
      wish: { requests: { 'allow-shared-ip': 'k' } },
      others: [service('x', { requests: { 'allow-shared-ip': 'k' }, tcpPorts: [443] })],
    },
    requests('allow-shared-ip', 'l'),
    '10.0.0.1',
  ],
  [
    'one of two who share takes the other’s port, and moves',
    {
      pools: [WEB],
      wish: { requests: { 'allow-shared-ip': 'k' } },
      others: [service('x', { requests: { 'allow-shared-ip': 'k' }, tcpPorts: [443] })],
    },
    { ports: [{ protocol: 'TCP', port: 443 }] },
    '10.0.0.1',
  ],
  [
    'one of two who share takes a third port',
    {
      pools: [WEB],
      wish: { requests: { 'allow-shared-ip': 'k' } },
      others: [service('x', { requests: { 'allow-shared-ip': 'k' }, tcpPorts: [443] })],
    },
    { ports: [{ protocol: 'TCP', port: 90 }] },
    '10.0.0.0',
  ],
  [
    'one of two who share becomes Local, and moves',
    {
      pools: [WEB],
      wish: { requests: { 'allow-shared-ip': 'k' } },
      others: [service('x', { requests: { 'allow-shared-ip': 'k' }, tcpPorts: [443] })],
    },
    { externalTrafficPolicy: 'Local' },
    '10.0.0.1',
  ],
  ['it is being deleted, and keeps what it has', { pools: [WEB] }, { deleting: true }, '10.0.0.0'],
  // --- the pools change
  ['the pool grows', { pools: [WEB] }, [pool('web', ['10.0.0.0/24'])], '10.0.0.0'],
  [
    'a better pool comes: nobody moves',
    { pools: [WEB] },
    [WEB, pool('a', ['10.7.0.0/30'], { serviceAllocation: { namespaces: ['default'] } })],
    '10.0.0.0',
  ],
  ['the pool shrinks', { pools: [WEB] }, [pool('web', ['10.0.0.2/31'])], '10.0.0.2'],
  [
    'the pool shrinks, and another holds the address',
    { pools: [WEB] },
    [pool('web', ['10.0.0.2/31']), pool('b', ['10.0.0.0/31'])],
    '10.0.0.0',
  ],
  ['the pool becomes invalid', { pools: [WEB] }, [pool('web', ['rubbish'])], '10.0.0.0'],
  ['the pool is deleted: a grace', { pools: [WEB] }, [], 'PoolGone 10.0.0.0'],
  ['the pool is deleted, without a grace', { pools: [WEB], options: { poolGrace: 0 } }, [], 'NoPools'],
  [
    'without a grace, and another pool is there',
    { pools: [WEB], options: { poolGrace: 0 } },
    [OTHER],
    '10.9.0.0',
  ],
  [
    'the pool is renamed, without a grace',
    { pools: [WEB], options: { poolGrace: 0 } },
    [pool('fresh', ['10.0.0.0/30'])],
    '10.0.0.0',
  ],
  [
    'avoidBuggyIPs is switched on',
    { pools: [WEB] },
    [pool('web', ['10.0.0.0/30'], { avoidBuggyIPs: true })],
    '10.0.0.1',
  ],
  [
    'autoAssign is switched off: nobody moves',
    { pools: [WEB] },
    [pool('web', ['10.0.0.0/30'], { autoAssign: false })],
    '10.0.0.0',
  ],
  [
    'the pool is set aside for others',
    { pools: [WEB, OTHER], wish: { requests: { 'address-pool': 'web' } } },
    [pool('web', ['10.0.0.0/30'], { serviceAllocation: { namespaces: ['shop'] } }), OTHER],
    'PoolNotCompatible',
  ],
  [
    'set aside for others, and another pool is there',
    { pools: [pool('web', ['10.0.0.0/30'])] },
    [pool('web', ['10.0.0.0/30'], { serviceAllocation: { namespaces: ['shop'] } }), OTHER],
    '10.9.0.0',
  ],
  [
    'one of its two ranges goes: the other address stays',
    { pools: [DUAL], wish: { families: [4, 6], ipFamilyPolicy: 'PreferDualStack' } },
    [pool('dual', ['10.1.0.0/30', 'fd02::/126'])],
    '10.1.0.0 fd02::',
  ],
  [
    'an older pool comes to list its address',
    { pools: [pool('web', ['10.0.0.0/30'], { age: 5 })] },
    [pool('web', ['10.0.0.0/30'], { age: 5 }), pool('old', ['10.0.0.0/30'], { age: 1 })],
    '10.0.0.0',
  ],
];

for (const [says, { wish = {}, others = [], ...stage }, change, outcome] of rows) {
  test(says, () => {
    const world = new TestCluster({ ...stage, services: [service('it', wish)] });
    world.apply(...others);
    if (Array.isArray(change)) world.setPools(...change);
    else world.edit('it', change as Partial<Service>);
    assert.equal(world.statusOf('it'), outcome);
    assert.deepEqual(
      world.reconcileAll().filter(({ patch }) => patch !== null),
      [],
    );
  });
}

test('the namespace loses the label that let it in, and gets it back', () => {
  const zone = pool('zone', ['10.4.0.0/30'], {
    serviceAllocation: { namespaceSelectors: [{ matchLabels: { team: 'red' } }] },
  });
  const world = new TestCluster({
    pools: [zone],
    namespaces: { default: { team: 'red' } },
    services: [service('it')],
  });
  assert.equal(world.statusOf('it'), '10.4.0.0');
  world.label('default', {});
  assert.equal(world.statusOf('it'), 'NoPoolMatches');
  world.label('default', { team: 'red' });
  assert.equal(world.statusOf('it'), '10.4.0.0');
});

test('who moves is told why', () => {
  const world = new TestCluster({ pools: [WEB], services: [service('it')] });
  assert.deepEqual(eventsOf(world.setPools(pool('web', ['10.0.0.2/31']))), [
    'ClearAssignment: current IP for "default/it" not allowed by config, will attempt for new IP assignment: "10.0.0.0" is not allowed in config: pool "web" does not contain it any more',
    'IPAllocated: Assigned IP ["10.0.0.2"]',
  ]);
});

test('dual, single and dual again: the first family never moves', () => {
  const world = new TestCluster({ pools: [DUAL] });
  world.apply(service('it', { families: [4, 6], ipFamilyPolicy: 'PreferDualStack' }));
  world.edit('it', { clusterIPs: ['10.96.0.1'], ipFamilyPolicy: 'SingleStack' });
  assert.equal(world.statusOf('it'), '10.1.0.0');
  world.edit('it', { ...BOTH, ipFamilyPolicy: 'PreferDualStack' });
  assert.equal(world.statusOf('it'), '10.1.0.0 fd01::');
});
