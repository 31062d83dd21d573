/** What a Service that has nothing gets, and why it gets nothing: one row for each outcome. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventsOf, pool, type Stage, service, type Wish, World } from './support.ts';

const WEB = pool('web', ['10.0.0.0/30']);
const DUAL = pool('dual', ['10.1.0.0/30', 'fd01::/126']);
const SIX = pool('six', ['fd06::/126']);
const DUAL_WISH: Wish = { families: [4, 6], ipFamilyPolicy: 'RequireDualStack' };
const PREFER: Wish = { families: [4, 6], ipFamilyPolicy: 'PreferDualStack' };

type Row = readonly [
  says: string,
  pools: readonly object[],
  wish: Wish,
  outcome: string,
  more?: Omit<Stage, 'pools' | 'services'> & { readonly others?: readonly ReturnType<typeof service>[] },
];

const asks = (value: string): Wish => ({ asks: { loadBalancerIPs: value } });
const fromPool = (value: string): Wish => ({ asks: { 'address-pool': value } });

const rows: readonly Row[] = [
  // --- from whichever pool
  ['the first Service of a pool gets its lowest address, .0 included', [WEB], {}, '10.0.0.0'],
  [
    'ranges are used in listed order, not in that of numbers',
    [pool('p', ['10.0.9.0/30', '10.0.1.0/30'])],
    {},
    '10.0.9.0',
  ],
  ['an IPv6 Service gets an IPv6 address', [DUAL], { families: [6] }, 'fd01::'],
  [
    'pools without serviceAllocation are tried by name',
    [pool('b', ['10.2.0.0/30']), pool('a', ['10.3.0.0/30'])],
    {},
    '10.3.0.0',
  ],
  [
    'age has no say in that',
    [pool('b', ['10.2.0.0/30'], { age: 1 }), pool('a', ['10.3.0.0/30'], { age: 2 })],
    {},
    '10.3.0.0',
  ],
  [
    'a pool that is set aside for the namespace comes first',
    [WEB, pool('zone', ['10.4.0.0/30'], { serviceAllocation: { namespaces: ['default'] } })],
    {},
    '10.4.0.0',
  ],
  [
    'and one for another namespace is passed over',
    [WEB, pool('a', ['10.4.0.0/30'], { serviceAllocation: { namespaces: ['shop'] } })],
    {},
    '10.0.0.0',
  ],
  [
    'a pool whose serviceSelectors match comes first',
    [
      WEB,
      pool('zone', ['10.4.0.0/30'], {
        serviceAllocation: { serviceSelectors: [{ matchLabels: { app: 'x' } }] },
      }),
    ],
    { labels: { app: 'x' } },
    '10.4.0.0',
  ],
  [
    'without the label it is passed over',
    [
      WEB,
      pool('zone', ['10.4.0.0/30'], {
        serviceAllocation: { serviceSelectors: [{ matchLabels: { app: 'x' } }] },
      }),
    ],
    {},
    '10.0.0.0',
  ],
  [
    'namespace and selector have to match both',
    [
      WEB,
      pool('zone', ['10.4.0.0/30'], {
        serviceAllocation: { namespaces: ['default'], serviceSelectors: [{ matchLabels: { app: 'x' } }] },
      }),
    ],
    {},
    '10.0.0.0',
  ],
  [
    'namespaceSelectors look at the labels of the namespace',
    [
      WEB,
      pool('zone', ['10.4.0.0/30'], {
        serviceAllocation: { namespaceSelectors: [{ matchLabels: { team: 'red' } }] },
      }),
    ],
    {},
    '10.4.0.0',
    { namespaces: { default: { team: 'red' } } },
  ],
  [
    'a namespace may be listed or selected',
    [
      pool('zone', ['10.4.0.0/30'], {
        serviceAllocation: {
          namespaces: ['default'],
          namespaceSelectors: [{ matchLabels: { team: 'red' } }],
        },
      }),
    ],
    {},
    '10.4.0.0',
  ],
  [
    'of pools set aside the smaller priority comes first',
    [
      pool('a', ['10.4.0.0/30'], { serviceAllocation: { priority: 20 } }),
      pool('b', ['10.5.0.0/30'], { serviceAllocation: { priority: 10 } }),
    ],
    {},
    '10.5.0.0',
  ],
  [
    'priority 0 is none, and comes last',
    [
      pool('a', ['10.4.0.0/30'], { serviceAllocation: { priority: 0 } }),
      pool('b', ['10.5.0.0/30'], { serviceAllocation: { priority: 10 } }),
    ],
    {},
    '10.5.0.0',
  ],
  [
    'equal priorities go by name',
    [
      pool('b', ['10.4.0.0/30'], { serviceAllocation: { priority: 5 } }),
      pool('a', ['10.5.0.0/30'], { serviceAllocation: { priority: 5 } }),
    ],
    {},
    '10.5.0.0',
  ],
  [
    'autoAssign false is passed over',
    [pool('a', ['10.4.0.0/30'], { autoAssign: false }), WEB],
    {},
    '10.0.0.0',
  ],
  [
    'also where it is set aside for the Service',
    [pool('a', ['10.4.0.0/30'], { autoAssign: false, serviceAllocation: { namespaces: ['default'] } }), WEB],
    {},
    '10.0.0.0',
  ],
  [
    'nothing but such pools serves nobody unasked',
    [pool('a', ['10.4.0.0/30'], { autoAssign: false })],
    {},
    'NoPoolMatches',
  ],
  ['no pools at all', [], {}, 'NoPools'],
  ['a pool that is full', [pool('p', ['10.0.0.0/32'])], {}, 'PoolExhausted', { others: [service('other')] }],
  [
    'the next pool serves when the first is full',
    [pool('p', ['10.0.0.0/32']), pool('q', ['10.0.1.0/32'])],
    {},
    '10.0.1.0',
    { others: [service('other')] },
  ],
  ['no pool has the family', [WEB], { families: [6] }, 'PoolLacksFamily'],
  ['avoidBuggyIPs leaves out .0', [pool('p', ['10.0.0.0/30'], { avoidBuggyIPs: true })], {}, '10.0.0.1'],
  [
    'and .255',
    [pool('p', ['10.0.0.254-10.0.1.1'], { avoidBuggyIPs: true })],
    {},
    '10.0.1.1',
    { others: [service('other')] },
  ],
  [
    'a pool of such addresses alone is exhausted',
    [pool('p', ['10.0.0.0/32'], { avoidBuggyIPs: true })],
    {},
    'PoolExhausted',
  ],
  ['IPv6 is not avoided', [pool('p', ['fd00::/126'], { avoidBuggyIPs: true })], { families: [6] }, 'fd00::'],
  // --- two families
  ['RequireDualStack gets both from one pool', [WEB, SIX, DUAL], DUAL_WISH, '10.1.0.0 fd01::'],
  ['in the order of its cluster IPs', [DUAL], { ...DUAL_WISH, families: [6, 4] }, 'fd01:: 10.1.0.0'],
  ['two pools of one family each do not do', [WEB, SIX], DUAL_WISH, 'PoolExhausted'],
  ['a family that no pool has', [WEB], DUAL_WISH, 'PoolLacksFamily'],
  [
    'PreferDualStack takes the pool that has both, though another comes first',
    [pool('a', ['10.9.0.0/30']), DUAL],
    PREFER,
    '10.1.0.0 fd01::',
  ],
  ['else one address of the primary family', [WEB, SIX], PREFER, 'AssignedOneFamily 10.0.0.0'],
  [
    'which is that of the first cluster IP',
    [WEB, SIX],
    { ...PREFER, families: [6, 4] },
    'AssignedOneFamily fd06::',
  ],
  ['else one of the other family', [SIX], PREFER, 'AssignedOneFamily fd06::'],
  [
    'PreferDualStack with one cluster IP gets one address',
    [DUAL],
    { families: [4], ipFamilyPolicy: 'PreferDualStack' },
    '10.1.0.0',
  ],
  [
    'RequireDualStack with one cluster IP gets none',
    [DUAL],
    { families: [4], ipFamilyPolicy: 'RequireDualStack' },
    'DualStackUnavailable',
  ],
  ['no cluster IP, no address', [WEB], { clusterIPs: [] }, 'NoClusterIP'],
  ['an empty cluster IP is none', [WEB], { clusterIPs: [''] }, 'NoClusterIP'],
  ['a headless Service has none', [WEB], { clusterIPs: ['None'] }, 'NoClusterIP'],
  // --- an address that is asked for
  ['an address by annotation', [WEB], asks('10.0.0.2'), '10.0.0.2'],
  ['with blanks around it', [WEB], asks(' 10.0.0.2 '), '10.0.0.2'],
  ['by spec.loadBalancerIP', [WEB], { loadBalancerIP: '10.0.0.2' }, '10.0.0.2'],
  ['by both', [WEB], { ...asks('10.0.0.2'), loadBalancerIP: '10.0.0.2' }, 'InvalidRequest'],
  ['an empty annotation asks for nothing', [WEB], asks(''), '10.0.0.0'],
  [
    'an empty annotation leaves the word to the spec',
    [WEB],
    { ...asks(''), loadBalancerIP: '10.0.0.3' },
    '10.0.0.3',
  ],
  [
    'by the deprecated annotation',
    [WEB],
    { annotations: { 'metallb.universe.tf/loadBalancerIPs': '10.0.0.2' } },
    '10.0.0.2',
  ],
  [
    'the new annotation beats the deprecated one',
    [WEB],
    {
      asks: { loadBalancerIPs: '10.0.0.1' },
      annotations: { 'metallb.universe.tf/loadBalancerIPs': '10.0.0.2' },
    },
    '10.0.0.1',
  ],
  [
    'also when it is empty',
    [WEB],
    { asks: { loadBalancerIPs: '' }, annotations: { 'metallb.universe.tf/loadBalancerIPs': '10.0.0.2' } },
    '10.0.0.0',
  ],
  ['no address at all', [WEB], asks('rubbish'), 'InvalidRequest'],
  ['a leading zero is refused', [WEB], asks('10.0.0.02'), 'InvalidRequest'],
  ['an IPv4-mapped one is the IPv4 address', [WEB], asks('::ffff:10.0.0.2'), '10.0.0.2'],
  ['a comma too many', [WEB], asks('10.0.0.2,'), 'InvalidRequest'],
  [
    'of a pool with autoAssign false',
    [pool('p', ['10.0.0.0/30'], { autoAssign: false })],
    asks('10.0.0.2'),
    '10.0.0.2',
  ],
  ['in no pool', [WEB], asks('10.7.0.1'), 'AddressNotInPool'],
  [
    'of a pool that is for others',
    [pool('p', ['10.0.0.0/30'], { serviceAllocation: { namespaces: ['shop'] } })],
    asks('10.0.0.2'),
    'PoolNotCompatible',
  ],
  [
    'of a pool whose namespaceSelectors find nobody',
    [
      pool('p', ['10.0.0.0/30'], {
        serviceAllocation: { namespaceSelectors: [{ matchLabels: { team: 'red' } }] },
      }),
    ],
    asks('10.0.0.2'),
    'PoolNotCompatible',
  ],
  ['that another Service has', [WEB], asks('10.0.0.0'), 'AddressTaken', { others: [service('other')] }],
  [
    'that the pool avoids',
    [pool('p', ['10.0.0.0/30'], { avoidBuggyIPs: true })],
    asks('10.0.0.0'),
    'AddressAvoided',
  ],
  ['of the wrong family', [DUAL], asks('fd01::1'), 'FamilyMismatch'],
  ['one for two families', [DUAL], { ...DUAL_WISH, ...asks('10.1.0.1') }, 'FamilyMismatch'],
  ['one for PreferDualStack with two families', [DUAL], { ...PREFER, ...asks('10.1.0.1') }, 'FamilyMismatch'],
  ['two for one family', [DUAL], asks('10.1.0.1,fd01::1'), 'FamilyMismatch'],
  [
    'two for two, in the order asked for',
    [DUAL],
    { ...DUAL_WISH, ...asks('fd01::1,10.1.0.1') },
    'fd01::1 10.1.0.1',
  ],
  ['two of one family', [DUAL], { ...DUAL_WISH, ...asks('10.1.0.1,10.1.0.2') }, 'InvalidRequest'],
  ['the same twice', [DUAL], { ...DUAL_WISH, ...asks('10.1.0.1,10.1.0.1') }, 'InvalidRequest'],
  ['three', [DUAL], { ...DUAL_WISH, ...asks('10.1.0.1,fd01::1,10.1.0.2') }, 'InvalidRequest'],
  ['two of different pools', [WEB, SIX], { ...DUAL_WISH, ...asks('10.0.0.1,fd06::1') }, 'AddressNotInPool'],
  [
    'two, of which one is taken',
    [DUAL],
    { ...DUAL_WISH, ...asks('10.1.0.0,fd01::1') },
    'AddressTaken',
    { others: [service('other')] },
  ],
  [
    'where pools overlap the older one gives it',
    [pool('old', ['10.0.0.0/30'], { age: 1 }), pool('new', ['10.0.0.0/29'], { age: 2 })],
    asks('10.0.0.2'),
    '10.0.0.2',
  ],
  [
    'and the younger does not, when asked',
    [pool('old', ['10.0.0.0/30'], { age: 1 }), pool('new', ['10.0.0.0/29'], { age: 2 })],
    { asks: { loadBalancerIPs: '10.0.0.2', 'address-pool': 'new' } },
    'AddressOverlapped',
  ],
  [
    'unasked, the younger gives what is its own',
    [pool('old', ['10.0.0.0/30'], { age: 1, autoAssign: false }), pool('new', ['10.0.0.0/29'], { age: 2 })],
    {},
    '10.0.0.4',
  ],
  // --- a pool that is asked for
  ['a pool by annotation', [WEB, DUAL], fromPool('web'), '10.0.0.0'],
  [
    'by the deprecated annotation',
    [WEB, DUAL],
    { annotations: { 'metallb.universe.tf/address-pool': 'web' } },
    '10.0.0.0',
  ],
  ['an empty one asks for none', [WEB, DUAL], fromPool(''), '10.1.0.0'],
  ['with autoAssign false', [pool('p', ['10.0.0.0/30'], { autoAssign: false })], fromPool('p'), '10.0.0.0'],
  ['that is not there', [WEB], fromPool('nowhere'), 'UnknownPool'],
  [
    'that is for others',
    [WEB, pool('p', ['10.4.0.0/30'], { serviceAllocation: { namespaces: ['shop'] } })],
    fromPool('p'),
    'PoolNotCompatible',
  ],
  [
    'that is full, though another is not',
    [pool('p', ['10.0.0.0/32']), pool('q', ['10.0.1.0/32'])],
    fromPool('p'),
    'PoolExhausted',
    { others: [service('other')] },
  ],
  ['that lacks the family', [SIX, WEB], fromPool('six'), 'PoolLacksFamily'],
  ['that lacks one of two families required', [WEB], { ...DUAL_WISH, ...fromPool('web') }, 'PoolLacksFamily'],
  [
    'that lacks one of two families preferred',
    [WEB],
    { ...PREFER, ...fromPool('web') },
    'AssignedOneFamily 10.0.0.0',
  ],
  [
    'with an address of it',
    [WEB, DUAL],
    { asks: { 'address-pool': 'web', loadBalancerIPs: '10.0.0.3' } },
    '10.0.0.3',
  ],
  [
    'with an address of another',
    [WEB, DUAL],
    { asks: { 'address-pool': 'web', loadBalancerIPs: '10.1.0.3' } },
    'AddressNotInPool',
  ],
  ['that cannot be read', [pool('p', ['rubbish']), WEB], fromPool('p'), 'PoolInvalid'],
  // --- sharing
  [
    'the same key and other ports share',
    [pool('p', ['10.0.0.0/32'])],
    { asks: { 'allow-shared-ip': 'k' }, tcp: [443] },
    '10.0.0.0',
    { others: [service('other', { asks: { 'allow-shared-ip': 'k' } })] },
  ],
  [
    'sharing comes before a free address, when it is lower',
    [WEB],
    { asks: { 'allow-shared-ip': 'k' }, tcp: [443] },
    '10.0.0.0',
    { others: [service('other', { asks: { 'allow-shared-ip': 'k' } })] },
  ],
  [
    'another key does not share',
    [WEB],
    { asks: { 'allow-shared-ip': 'l' }, tcp: [443] },
    '10.0.0.1',
    { others: [service('other', { asks: { 'allow-shared-ip': 'k' } })] },
  ],
  [
    'the same port does not share',
    [WEB],
    { asks: { 'allow-shared-ip': 'k' } },
    '10.0.0.1',
    { others: [service('other', { asks: { 'allow-shared-ip': 'k' } })] },
  ],
  [
    'one port number, two protocols, do',
    [WEB],
    { asks: { 'allow-shared-ip': 'k' }, ports: [{ protocol: 'UDP', port: 80 }] },
    '10.0.0.0',
    { others: [service('other', { asks: { 'allow-shared-ip': 'k' } })] },
  ],
  [
    'Local with the same pods shares',
    [WEB],
    { asks: { 'allow-shared-ip': 'k' }, tcp: [443], externalTrafficPolicy: 'Local' },
    '10.0.0.0',
    { others: [service('other', { asks: { 'allow-shared-ip': 'k' }, externalTrafficPolicy: 'Local' })] },
  ],
  [
    'Local with other pods does not',
    [WEB],
    { asks: { 'allow-shared-ip': 'k' }, tcp: [443], externalTrafficPolicy: 'Local', selector: 'app=other' },
    '10.0.0.1',
    { others: [service('other', { asks: { 'allow-shared-ip': 'k' }, externalTrafficPolicy: 'Local' })] },
  ],
  [
    'Local and Cluster do not',
    [WEB],
    { asks: { 'allow-shared-ip': 'k' }, tcp: [443], externalTrafficPolicy: 'Local' },
    '10.0.0.1',
    { others: [service('other', { asks: { 'allow-shared-ip': 'k' } })] },
  ],
  [
    'an address by name is shared by the same rules',
    [WEB],
    { asks: { 'allow-shared-ip': 'k', loadBalancerIPs: '10.0.0.0' } },
    'SharingRefused',
    { others: [service('other', { asks: { 'allow-shared-ip': 'k' } })] },
  ],
  [
    'and refused to those without a key',
    [WEB],
    asks('10.0.0.0'),
    'AddressTaken',
    { others: [service('other', { asks: { 'allow-shared-ip': 'k' } })] },
  ],
  [
    'an empty key shares with nobody',
    [WEB],
    { asks: { 'allow-shared-ip': '' }, tcp: [443] },
    '10.0.0.1',
    { others: [service('other', { asks: { 'allow-shared-ip': '' } })] },
  ],
  // --- whose Service it is
  ['a class of somebody else', [WEB], { loadBalancerClass: 'cloud' }, 'nothing'],
  ['our class', [WEB], { loadBalancerClass: 'ours' }, '10.0.0.0', { options: { lbClass: 'ours' } }],
  ['no class, where we answer for one', [WEB], {}, 'nothing', { options: { lbClass: 'ours' } }],
  ['a ClusterIP Service', [WEB], { type: 'ClusterIP' }, 'nothing'],
  ['a NodePort Service', [WEB], { type: 'NodePort' }, 'nothing'],
  ['an ExternalName Service', [WEB], { type: 'ExternalName', clusterIPs: [] }, 'nothing'],
  ['one that is being deleted', [WEB], { deleting: true }, 'nothing'],
  // --- what announces it
  ['a pool that only an L2Advertisement covers', [WEB], {}, 'Layer2Only 10.0.0.0', { layer2Only: ['web'] }],
];

for (const [says, pools, wish, outcome, { others = [], ...stage } = {}] of rows) {
  test(says, () => {
    const world = new World({ pools, services: others, ...stage });
    world.apply(service('it', wish));
    assert.equal(world.says('it'), outcome);
  });
}

test('every verdict fits a condition, whatever an annotation holds', () => {
  const rubbish = 'x'.repeat(100_000);
  for (const asks of [
    { loadBalancerIPs: rubbish },
    { loadBalancerIPs: `${'10.0.0.1,'.repeat(10_000)}` },
    { 'address-pool': rubbish },
    { 'allow-shared-ip': rubbish },
  ]) {
    const world = new World({ pools: [WEB] });
    const looks = world.apply(service('it', { asks }));
    assert.ok(world.message('it').length <= 1024);
    for (const event of eventsOf(looks)) assert.ok(event.length <= 1024, event.slice(0, 80));
  }
});

test('the events are those that MetalLB’s users know', () => {
  const world = new World({ pools: [DUAL, pool('one', ['10.8.0.0/32'])] });
  const told = (name: string, wish: Wish) => eventsOf(world.apply(service(name, wish)));
  assert.deepEqual(told('a', {}), ['IPAllocated: Assigned IP ["10.1.0.0"]']);
  assert.deepEqual(told('b', { ...DUAL_WISH }), ['IPAllocated: Assigned IP ["10.1.0.1" "fd01::"]']);
  assert.deepEqual(told('c', fromPool('nowhere')), [
    'AllocationFailed: Failed to allocate IP for "default/c": unknown pool "nowhere"',
  ]);
  assert.match(
    told('d', asks('rubbish'))[0] ?? '',
    /^LoadBalancerFailed: invalid requested loadbalancer IPs: /,
  );
  assert.deepEqual(told('e', { families: [4], ipFamilyPolicy: 'RequireDualStack' }), [
    'not enough clusterips: Service requires dual stack but not enough clusterips [10.96.0.1]',
  ]);
  assert.deepEqual(told('f', { annotations: { 'metallb.universe.tf/address-pool': 'one' } }), [
    'IPAllocated: Assigned IP ["10.8.0.0"]',
    'deprecatedAnnotation: Service uses deprecated annotation "metallb.universe.tf/address-pool"',
  ]);
  assert.deepEqual(told('g', { asks: { loadBalancerIPs: '10.1.0.0' } }), [
    'AllocationFailed: Failed to allocate IP for "default/g": "10.1.0.0" is in use by default/a',
  ]);
  assert.deepEqual(eventsOf(world.lookAgain()), []);
});
