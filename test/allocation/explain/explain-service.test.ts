import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainAddress } from '../../../src/allocation/explain/explain-address.ts';
import { explainService } from '../../../src/allocation/explain/explain-service.ts';
import { parseAddress } from '../../../src/net/address.ts';
import {
  type ClusterSetup,
  pool,
  type ServiceOverrides,
  service,
  TestCluster,
} from '../support/test-cluster.ts';

/** `1 web: serves` or `- web: first rule that fails`. */
function explained(setup: ClusterSetup, overrides: ServiceOverrides): readonly string[] {
  const cluster = new TestCluster(setup);
  cluster.apply(service('it', overrides));
  const { pools } = explainService(cluster.allocator.context, cluster.get('it'));
  return pools.map(({ pool: name, place, serves, rules }) => {
    const failed = rules.find(({ passes }) => !passes);
    return `${place ?? '-'} ${name}: ${serves ? 'serves' : `${failed?.rule}: ${failed?.says}`}`;
  });
}

const WEB = pool('web', ['10.0.0.0/31']);
const addressTaker = service('taker', { requests: { loadBalancerIPs: '10.0.0.1' } });

const rows: readonly (readonly [
  title: string,
  setup: ClusterSetup,
  overrides: ServiceOverrides,
  expected: readonly string[],
])[] = [
  [
    'a Service with an address is served by its own pool',
    { pools: [pool('p', ['10.0.0.0/32'])] },
    {},
    ['1 p: serves'],
  ],
  [
    'pools in the order in which they are tried, then the others',
    {
      pools: [
        WEB,
        pool('a', ['10.9.0.0/31'], { autoAssign: false }),
        pool('z', ['10.8.0.0/31'], { serviceAllocation: { namespaces: ['default'] } }),
      ],
    },
    {},
    ['1 z: serves', '2 web: serves', '- a: autoAssign: The pool assigns addresses only on request.'],
  ],
  [
    'a serviceAllocation that does not admit it',
    { pools: [pool('z', ['10.8.0.0/31'], { serviceAllocation: { namespaces: ['shop'] } })] },
    {},
    [
      '- z: serviceAllocation: The pool does not admit the Service: its serviceAllocation does not include the namespace default.',
    ],
  ],
  ['a missing family', { pools: [WEB] }, { families: [6] }, ['1 web: family: Pool "web" has no IPv6 range.']],
  [
    'an exhausted family',
    { pools: [pool('p', ['10.0.0.1/32'])], services: [addressTaker] },
    {},
    ['1 p: family: No available IPs in pool "p" for IPv4.'],
  ],
  [
    'one of two preferred families',
    { pools: [WEB] },
    { families: [4, 6], ipFamilyPolicy: 'PreferDualStack' },
    ['1 web: serves'],
  ],
  [
    'a taken address, with its holder',
    { pools: [WEB], services: [addressTaker] },
    { requests: { loadBalancerIPs: '10.0.0.1' } },
    ['1 web: asked-for address: "10.0.0.1" is in use by default/taker.'],
  ],
  [
    'an address of an older pool',
    { pools: [pool('old', ['10.0.0.0/30'], { age: 1 }), pool('young', ['10.0.0.0/29'], { age: 2 })] },
    { requests: { loadBalancerIPs: '10.0.0.1', 'address-pool': 'young' } },
    [
      '1 old: asked-for pool: The Service requests pool "young".',
      '2 young: asked-for address: "10.0.0.1" is granted by the older pool "old" only.',
    ],
  ],
  [
    'an avoided address',
    { pools: [pool('p', ['10.0.0.0/30'], { avoidBuggyIPs: true })] },
    { requests: { loadBalancerIPs: '10.0.0.0' } },
    ['1 p: asked-for address: "10.0.0.0" is avoided by pool "p".'],
  ],
  [
    'an invalid pool',
    { pools: [pool('bad', ['rubbish'])] },
    {},
    ['- bad: readable: The pool is invalid: spec.addresses[0]: "rubbish" is not an IP address.'],
  ],
];

for (const [title, setup, overrides, expected] of rows) {
  test(title, () => assert.deepEqual(explained(setup, overrides), expected));
}

/** Of a Service of both families whose sharing key was edited while another one was on its address: `pool: why not`. */
function explainedUnshared(partner: ServiceOverrides, other: readonly string[]): readonly string[] {
  const requests = { 'allow-shared-ip': 'k' };
  const cluster = new TestCluster({ pools: [pool('a', ['10.0.0.5/32', 'fd00::1/128'])] });
  cluster.apply(service('it', { requests, families: [6, 4], ipFamilyPolicy: 'PreferDualStack' }));
  cluster.apply(service('partner', { requests, tcpPorts: [443], ...partner }));
  cluster.setPools(...cluster.pools, pool('b', other));
  cluster.annotate('it', { 'metallb.io/allow-shared-ip': 'l' });
  const it = cluster.get('it');
  assert.equal(it.conditions[0]?.reason, 'SharingRefused', it.conditions[0]?.message);
  return explainService(cluster.allocator.context, it).pools.map(({ pool: name, serves, rules }) => {
    const failed = rules.find(({ passes }) => !passes);
    return `${name}: ${serves ? 'serves' : failed?.says}`;
  });
}

test('in place of one of two addresses that it may not share any more, its own pool serves alone', () => {
  assert.deepEqual(explainedUnshared({ families: [4] }, ['10.1.0.0/30']), [
    'a: No available IPs in pool "a" for IPv4.',
    'b: The Service keeps its other address from pool "a", so its IPv4 address comes from there, too.',
  ]);
});

test('in place of two that it may not share any more, one family is not enough', () => {
  const partner: ServiceOverrides = { families: [6, 4], ipFamilyPolicy: 'RequireDualStack' };
  assert.deepEqual(explainedUnshared(partner, ['10.1.0.0/30']), [
    'a: No available IPs in pool "a" for IPv6.',
    'b: Pool "b" has no IPv6 range.',
  ]);
});

test('every failed rule has a remedy', () => {
  for (const [, setup, overrides] of rows) {
    const cluster = new TestCluster(setup);
    cluster.apply(service('it', overrides));
    for (const { rules } of explainService(cluster.allocator.context, cluster.get('it')).pools) {
      for (const rule of rules) assert.ok(rule.passes || rule.remedy !== null, rule.says);
    }
  }
});

test('no pool is tried for a Service that Calico claims', () => {
  const cluster = new TestCluster({
    pools: [WEB],
    services: [service('it')],
    externalClaims: { ipam: { mode: 'AllServices', pools: ['balancers'], scope: 'by-class' } },
  });
  const { claim, unmanagedReason, pools } = explainService(cluster.allocator.context, cluster.get('it'));
  assert.equal(claim?.reason, 'CalicoAllocates');
  assert.equal(claim.message, unmanagedReason);
  assert.deepEqual(pools, []);
});

test('an explanation changes nothing', () => {
  const cluster = new TestCluster({ pools: [WEB], services: [service('a'), service('b'), service('c')] });
  const before = ['a', 'b', 'c'].map((name) => cluster.allocator.ledger.assignedTo(`default/${name}`));
  for (const name of ['a', 'b', 'c']) explainService(cluster.allocator.context, cluster.get(name));
  assert.deepEqual(
    ['a', 'b', 'c'].map((name) => cluster.allocator.ledger.assignedTo(`default/${name}`)),
    before,
  );
  cluster.allocator.ledger.audit();
});

test('the explanation of a Service that is not managed says why', () => {
  const cluster = new TestCluster({
    pools: [WEB],
    services: [service('it', { loadBalancerClass: 'cloud' })],
  });
  const { unmanagedReason } = explainService(cluster.allocator.context, cluster.get('it'));
  assert.equal(
    unmanagedReason,
    'This controller manages Services without a class; the Service has loadBalancerClass "cloud".',
  );
});

// --- addresses

function addressOf(cluster: TestCluster, text: string) {
  const address = parseAddress(text);
  assert.ok(address.ok);
  return explainAddress(cluster.allocator.context, address.value, (key) =>
    cluster.simulator.services.get(key),
  );
}

test('an address that is free, taken, shared, avoided, overlapped or in no pool', () => {
  const shared = { requests: { 'allow-shared-ip': 'k', loadBalancerIPs: '10.0.0.3' } };
  const cluster = new TestCluster({
    pools: [
      pool('old', ['10.0.0.0/30'], { age: 1 }),
      pool('young', ['10.0.0.0/29'], { age: 2 }),
      pool('avoiding', ['10.5.0.0/30'], { age: 3, avoidBuggyIPs: true }),
    ],
    services: [addressTaker, service('s1', shared), service('s2', { ...shared, tcpPorts: [443] })],
  });
  const brief = (text: string): unknown => {
    const { pools, holders, grantable, because } = addressOf(cluster, text);
    return [
      pools.map((one) => `${one.grants ? '+' : '-'}${one.pool}`).join(' '),
      holders.map(({ key }) => key),
      grantable,
      because,
    ];
  };
  assert.deepEqual(brief('10.0.0.2'), ['+old -young', [], true, 'Pool "old" grants it.']);
  assert.deepEqual(brief('10.0.0.1'), [
    '+old -young',
    ['default/taker'],
    false,
    'Service default/taker has it.',
  ]);
  assert.deepEqual(brief('10.0.0.3'), [
    '+old -young',
    ['default/s1', 'default/s2'],
    false,
    'Services default/s1, default/s2 have it. Services with the same metallb.io/allow-shared-ip and other ports can share it.',
  ]);
  assert.deepEqual(brief('10.5.0.0'), [
    '-avoiding',
    [],
    false,
    'It ends in .0 or .255, which pool "avoiding" avoids (avoidBuggyIPs).',
  ]);
  assert.deepEqual(brief('192.0.2.1'), ['', [], false, '192.0.2.1 is in no pool.']);
  const [holder] = addressOf(cluster, '10.0.0.1').holders;
  assert.deepEqual([holder?.pool, holder?.since, holder?.ports], ['old', '2026-01-01T00:00:00Z', ['TCP/80']]);
});
