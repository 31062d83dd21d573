/** An assignment when the Service, its pool or its namespace changes: one row for each outcome. */
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
  title: string,
  setup: Omit<ClusterSetup, 'services'> & {
    readonly overrides?: ServiceOverrides;
    readonly others?: readonly Service[];
  },
  change: Partial<Service> | readonly object[],
  outcome: string,
];

const rows: readonly Row[] = [
  // --- the Service changes
  ['a label changes', { pools: [WEB] }, { labels: { a: 'b' } }, '10.0.0.0'],
  ['it requests its own address', { pools: [WEB] }, requests('loadBalancerIPs', '10.0.0.0'), '10.0.0.0'],
  ['it requests another address', { pools: [WEB] }, requests('loadBalancerIPs', '10.0.0.3'), '10.0.0.3'],
  [
    'it requests a taken address: it keeps its own, and waits',
    { pools: [WEB], others: [service('x', requests('loadBalancerIPs', '10.0.0.3'))] },
    requests('loadBalancerIPs', '10.0.0.3'),
    'AddressTaken 10.0.0.0',
  ],
  [
    'its request becomes invalid: it keeps its address',
    { pools: [WEB] },
    requests('loadBalancerIPs', 'rubbish'),
    'InvalidRequest 10.0.0.0',
  ],
  [
    'its request is invalid: a requested pool is ignored, too',
    { pools: [WEB, OTHER], overrides: { requests: { 'address-pool': 'web' } } },
    {
      annotations: {
        ...requests('loadBalancerIPs', 'rubbish').annotations,
        'metallb.io/address-pool': 'other',
      },
    },
    'InvalidRequest 10.0.0.0',
  ],
  [
    'it requests two addresses of one family: it keeps its own',
    { pools: [WEB] },
    requests('loadBalancerIPs', '10.0.0.0,10.0.0.1'),
    'InvalidRequest 10.0.0.0',
  ],
  ['it requests its own pool', { pools: [WEB, OTHER] }, requests('address-pool', 'web'), '10.0.0.0'],
  [
    'it requests another pool',
    { pools: [WEB, OTHER], overrides: { requests: { 'address-pool': 'web' } } },
    requests('address-pool', 'other'),
    '10.9.0.0',
  ],
  [
    'it requests an unknown pool: it keeps its address, and waits',
    { pools: [WEB] },
    requests('address-pool', 'nowhere'),
    'UnknownPool 10.0.0.0',
  ],
  [
    'it requests an invalid pool: it keeps its address',
    { pools: [WEB, pool('bad', ['rubbish'])] },
    requests('address-pool', 'bad'),
    'PoolInvalid 10.0.0.0',
  ],
  [
    'it requests another pool that contains its address',
    {
      pools: [WEB, pool('more', ['10.0.0.0/29'], { age: 9 })],
      overrides: { requests: { 'address-pool': 'web' } },
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
    'it comes to require two families, and its pool has one',
    { pools: [WEB] },
    { ...BOTH, ipFamilyPolicy: 'RequireDualStack' },
    'AssignedOneFamily 10.0.0.0',
  ],
  [
    'it becomes single-stack',
    { pools: [DUAL], overrides: { families: [4, 6], ipFamilyPolicy: 'PreferDualStack' } },
    { clusterIPs: ['10.96.0.1'], ipFamilyPolicy: 'SingleStack' },
    '10.1.0.0',
  ],
  [
    'it becomes single-stack of the second family',
    { pools: [DUAL], overrides: { families: [4, 6], ipFamilyPolicy: 'PreferDualStack' } },
    { clusterIPs: ['fd96::1'], ipFamilyPolicy: 'SingleStack' },
    'fd01::',
  ],
  ['it changes family', { pools: [DUAL] }, { clusterIPs: ['fd96::1'] }, 'fd01::'],
  [
    'it requires two families and has one cluster IP',
    { pools: [DUAL] },
    { ipFamilyPolicy: 'RequireDualStack' },
    'DualStackUnavailable 10.1.0.0',
  ],
  ['it loses its cluster IP', { pools: [WEB] }, { clusterIPs: [] }, 'NoClusterIP'],
  ['it gets a sharing key', { pools: [WEB] }, requests('allow-shared-ip', 'k'), '10.0.0.0'],
  [
    'the only holder of an address changes its key',
    { pools: [WEB], overrides: { requests: { 'allow-shared-ip': 'k' } } },
    requests('allow-shared-ip', 'l'),
    '10.0.0.0',
  ],
  [
    'one of two sharers changes its key, and moves',
    {
      pools: [WEB],
      overrides: { requests: { 'allow-shared-ip': 'k' } },
      others: [service('x', { requests: { 'allow-shared-ip': 'k' }, tcpPorts: [443] })],
    },
    requests('allow-shared-ip', 'l'),
    '10.0.0.1',
  ],
  [
    'one of two sharers takes the port of the other, and moves',
    {
      pools: [WEB],
      overrides: { requests: { 'allow-shared-ip': 'k' } },
      others: [service('x', { requests: { 'allow-shared-ip': 'k' }, tcpPorts: [443] })],
    },
    { ports: [{ protocol: 'TCP', port: 443 }] },
    '10.0.0.1',
  ],
  [
    'one of two sharers takes a third port',
    {
      pools: [WEB],
      overrides: { requests: { 'allow-shared-ip': 'k' } },
      others: [service('x', { requests: { 'allow-shared-ip': 'k' }, tcpPorts: [443] })],
    },
    { ports: [{ protocol: 'TCP', port: 90 }] },
    '10.0.0.0',
  ],
  [
    'one of two sharers becomes Local, and moves',
    {
      pools: [WEB],
      overrides: { requests: { 'allow-shared-ip': 'k' } },
      others: [service('x', { requests: { 'allow-shared-ip': 'k' }, tcpPorts: [443] })],
    },
    { externalTrafficPolicy: 'Local' },
    '10.0.0.1',
  ],
  ['it is being deleted, and keeps its address', { pools: [WEB] }, { deleting: true }, '10.0.0.0'],
  // --- the pools change
  ['the pool grows', { pools: [WEB] }, [pool('web', ['10.0.0.0/24'])], '10.0.0.0'],
  [
    'a pool of higher precedence is added: it stays',
    { pools: [WEB] },
    [WEB, pool('a', ['10.7.0.0/30'], { serviceAllocation: { namespaces: ['default'] } })],
    '10.0.0.0',
  ],
  ['the pool shrinks', { pools: [WEB] }, [pool('web', ['10.0.0.2/31'])], '10.0.0.2'],
  [
    'the pool shrinks, and another one contains the address',
    { pools: [WEB] },
    [pool('web', ['10.0.0.2/31']), pool('b', ['10.0.0.0/31'])],
    '10.0.0.0',
  ],
  ['the pool becomes invalid', { pools: [WEB] }, [pool('web', ['rubbish'])], '10.0.0.0'],
  ['the pool is deleted', { pools: [WEB] }, [], 'PoolGone 10.0.0.0'],
  ['the pool is deleted, without a grace period', { pools: [WEB], options: { poolGrace: 0 } }, [], 'NoPools'],
  [
    'the pool is deleted, without a grace period, and there is another one',
    { pools: [WEB], options: { poolGrace: 0 } },
    [OTHER],
    '10.9.0.0',
  ],
  [
    'the pool is renamed, without a grace period',
    { pools: [WEB], options: { poolGrace: 0 } },
    [pool('fresh', ['10.0.0.0/30'])],
    '10.0.0.0',
  ],
  [
    'avoidBuggyIPs is set',
    { pools: [WEB] },
    [pool('web', ['10.0.0.0/30'], { avoidBuggyIPs: true })],
    '10.0.0.1',
  ],
  [
    'autoAssign is set to false: it stays',
    { pools: [WEB] },
    [pool('web', ['10.0.0.0/30'], { autoAssign: false })],
    '10.0.0.0',
  ],
  [
    'the pool is restricted to another namespace',
    { pools: [WEB, OTHER], overrides: { requests: { 'address-pool': 'web' } } },
    [pool('web', ['10.0.0.0/30'], { serviceAllocation: { namespaces: ['shop'] } }), OTHER],
    'PoolNotCompatible',
  ],
  [
    'the pool is restricted to another namespace, and there is another one',
    { pools: [pool('web', ['10.0.0.0/30'])] },
    [pool('web', ['10.0.0.0/30'], { serviceAllocation: { namespaces: ['shop'] } }), OTHER],
    '10.9.0.0',
  ],
  [
    'one of two ranges is removed: the other address stays',
    { pools: [DUAL], overrides: { families: [4, 6], ipFamilyPolicy: 'PreferDualStack' } },
    [pool('dual', ['10.1.0.0/30', 'fd02::/126'])],
    '10.1.0.0 fd02::',
  ],
  [
    'an older pool lists its address',
    { pools: [pool('web', ['10.0.0.0/30'], { age: 5 })] },
    [pool('web', ['10.0.0.0/30'], { age: 5 }), pool('old', ['10.0.0.0/30'], { age: 1 })],
    '10.0.0.0',
  ],
];

for (const [title, { overrides = {}, others = [], ...setup }, change, outcome] of rows) {
  test(title, () => {
    const cluster = new TestCluster({ ...setup, services: [service('it', overrides)] });
    cluster.apply(...others);
    if (Array.isArray(change)) cluster.setPools(...change);
    else cluster.edit('it', change as Partial<Service>);
    assert.equal(cluster.statusOf('it'), outcome);
    assert.deepEqual(
      cluster.reconcileAll().filter(({ patch }) => patch !== null),
      [],
    );
  });
}

test('the namespace loses the label that its pool selects, and gets it again', () => {
  const zone = pool('zone', ['10.4.0.0/30'], {
    serviceAllocation: { namespaceSelectors: [{ matchLabels: { team: 'red' } }] },
  });
  const cluster = new TestCluster({
    pools: [zone],
    namespaces: { default: { team: 'red' } },
    services: [service('it')],
  });
  assert.equal(cluster.statusOf('it'), '10.4.0.0');
  cluster.label('default', {});
  assert.equal(cluster.statusOf('it'), 'NoPoolMatches');
  cluster.label('default', { team: 'red' });
  assert.equal(cluster.statusOf('it'), '10.4.0.0');
});

test('the events of a Service that moves say why', () => {
  const cluster = new TestCluster({ pools: [WEB], services: [service('it')] });
  assert.deepEqual(eventsOf(cluster.setPools(pool('web', ['10.0.0.2/31']))), [
    'ClearAssignment: current IP for "default/it" not allowed by config, will attempt for new IP assignment: "10.0.0.0" is not allowed in config: pool "web" does not contain it any more',
    'IPAllocated: Assigned IP ["10.0.0.2"]',
  ]);
});

test('from dual-stack to single-stack and back: the first address stays', () => {
  const cluster = new TestCluster({ pools: [DUAL] });
  cluster.apply(service('it', { families: [4, 6], ipFamilyPolicy: 'PreferDualStack' }));
  cluster.edit('it', { clusterIPs: ['10.96.0.1'], ipFamilyPolicy: 'SingleStack' });
  assert.equal(cluster.statusOf('it'), '10.1.0.0');
  cluster.edit('it', { ...BOTH, ipFamilyPolicy: 'PreferDualStack' });
  assert.equal(cluster.statusOf('it'), '10.1.0.0 fd01::');
});
