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
  says: string,
  stage: ClusterSetup,
  wish: ServiceOverrides,
  want: readonly string[],
])[] = [
  [
    'one that is served is still served by the pool that it has',
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
    'an allocation that does not let it in',
    { pools: [pool('z', ['10.8.0.0/31'], { serviceAllocation: { namespaces: ['shop'] } })] },
    {},
    [
      '- z: serviceAllocation: The pool does not admit the Service: its serviceAllocation does not include the namespace default.',
    ],
  ],
  [
    'a family that is lacking',
    { pools: [WEB] },
    { families: [6] },
    ['1 web: family: Pool "web" has no IPv6 range.'],
  ],
  [
    'a family that is exhausted',
    { pools: [pool('p', ['10.0.0.1/32'])], services: [addressTaker] },
    {},
    ['1 p: family: No available IPs in pool "p" for IPv4.'],
  ],
  [
    'one of two is enough where two are preferred',
    { pools: [WEB] },
    { families: [4, 6], ipFamilyPolicy: 'PreferDualStack' },
    ['1 web: serves'],
  ],
  [
    'an address that is taken, and by whom',
    { pools: [WEB], services: [addressTaker] },
    { requests: { loadBalancerIPs: '10.0.0.1' } },
    ['1 web: asked-for address: "10.0.0.1" is in use by default/taker.'],
  ],
  [
    'an address that an older pool grants',
    { pools: [pool('old', ['10.0.0.0/30'], { age: 1 }), pool('young', ['10.0.0.0/29'], { age: 2 })] },
    { requests: { loadBalancerIPs: '10.0.0.1', 'address-pool': 'young' } },
    [
      '1 old: asked-for pool: The Service requests pool "young".',
      '2 young: asked-for address: "10.0.0.1" is granted by the older pool "old" only.',
    ],
  ],
  [
    'an address that is avoided',
    { pools: [pool('p', ['10.0.0.0/30'], { avoidBuggyIPs: true })] },
    { requests: { loadBalancerIPs: '10.0.0.0' } },
    ['1 p: asked-for address: "10.0.0.0" is avoided by pool "p".'],
  ],
  [
    'a pool that cannot be read',
    { pools: [pool('bad', ['rubbish'])] },
    {},
    ['- bad: readable: The pool is invalid: spec.addresses[0]: "rubbish" is not an IP address.'],
  ],
];

for (const [says, stage, wish, want] of rows) {
  test(says, () => assert.deepEqual(explained(stage, wish), want));
}

test('every rule that fails says what would make it pass', () => {
  for (const [, stage, wish] of rows) {
    const world = new TestCluster(stage);
    world.apply(service('it', wish));
    for (const { rules } of explainService(world.allocator.context, world.get('it')).pools) {
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

test('to explain changes nothing', () => {
  const world = new TestCluster({ pools: [WEB], services: [service('a'), service('b'), service('c')] });
  const before = ['a', 'b', 'c'].map((name) => world.allocator.ledger.assignedTo(`default/${name}`));
  for (const name of ['a', 'b', 'c']) explainService(world.allocator.context, world.get(name));
  assert.deepEqual(
    ['a', 'b', 'c'].map((name) => world.allocator.ledger.assignedTo(`default/${name}`)),
    before,
  );
  world.allocator.ledger.audit();
});

test('a Service that is not ours says why', () => {
  const world = new TestCluster({ pools: [WEB], services: [service('it', { loadBalancerClass: 'cloud' })] });
  const { unmanagedReason } = explainService(world.allocator.context, world.get('it'));
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

test('an address that is free, taken, shared, avoided, overlapped or nowhere', () => {
  const shared = { requests: { 'allow-shared-ip': 'k', loadBalancerIPs: '10.0.0.3' } };
  const world = new TestCluster({
    pools: [
      pool('old', ['10.0.0.0/30'], { age: 1 }),
      pool('young', ['10.0.0.0/29'], { age: 2 }),
      pool('picky', ['10.5.0.0/30'], { age: 3, avoidBuggyIPs: true }),
    ],
    services: [addressTaker, service('s1', shared), service('s2', { ...shared, tcpPorts: [443] })],
  });
  const brief = (text: string): unknown => {
    const { pools, holders, grantable, because } = addressOf(world, text);
    return [
      pools.map((one) => `${one.grants ? '+' : '-'}${one.pool}`).join(' '),
      holders.map(({ key }) => key),
      grantable,
      because,
    ];
  };
  assert.deepEqual(brief('10.0.0.2'), ['+old -young', [], true, 'Pool "old" grants it.']);
  assert.deepEqual(brief('10.0.0.1'), ['+old -young', ['default/taker'], false, 'It is taken.']);
  assert.deepEqual(brief('10.0.0.3'), [
    '+old -young',
    ['default/s1', 'default/s2'],
    false,
    'It is taken; Services with the same metallb.io/allow-shared-ip and other ports can share it.',
  ]);
  assert.deepEqual(brief('10.5.0.0'), [
    '-picky',
    [],
    false,
    'It ends in .0 or .255, which pool "picky" avoids (avoidBuggyIPs).',
  ]);
  assert.deepEqual(brief('192.0.2.1'), ['', [], false, '192.0.2.1 is in no pool.']);
  const [holder] = addressOf(world, '10.0.0.1').holders;
  assert.deepEqual([holder?.pool, holder?.since, holder?.ports], ['old', '2026-01-01T00:00:00Z', ['TCP/80']]);
});
