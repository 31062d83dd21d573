/** A Service without a request, new to a cluster: one row for each outcome. */
import { DUAL, DUAL_PREFERRED, DUAL_REQUIRED, type Outcome, outcomes, SIX, WEB } from './support/outcomes.ts';
import { pool, service } from './support/test-cluster.ts';

const rows: readonly Outcome[] = [
  // --- pools
  ['the first Service of a pool gets its lowest address, .0 included', [WEB], {}, '10.0.0.0'],
  ['ranges are used in listed order', [pool('p', ['10.0.9.0/30', '10.0.1.0/30'])], {}, '10.0.9.0'],
  ['an IPv6 Service gets an IPv6 address', [DUAL], { families: [6] }, 'fd01::'],
  [
    'pools without serviceAllocation are tried by name',
    [pool('b', ['10.2.0.0/30']), pool('a', ['10.3.0.0/30'])],
    {},
    '10.3.0.0',
  ],
  [
    'their age does not count',
    [pool('b', ['10.2.0.0/30'], { age: 1 }), pool('a', ['10.3.0.0/30'], { age: 2 })],
    {},
    '10.3.0.0',
  ],
  [
    'a pool for the namespace comes first',
    [WEB, pool('zone', ['10.4.0.0/30'], { serviceAllocation: { namespaces: ['default'] } })],
    {},
    '10.4.0.0',
  ],
  [
    'a pool for another namespace is skipped',
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
    'without the label it is skipped',
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
    'namespace and selector must both match',
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
    'namespaceSelectors match the labels of the namespace',
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
    'a smaller priority comes first',
    [
      pool('a', ['10.4.0.0/30'], { serviceAllocation: { priority: 20 } }),
      pool('b', ['10.5.0.0/30'], { serviceAllocation: { priority: 10 } }),
    ],
    {},
    '10.5.0.0',
  ],
  [
    'priority 0 is no priority, and comes last',
    [
      pool('a', ['10.4.0.0/30'], { serviceAllocation: { priority: 0 } }),
      pool('b', ['10.5.0.0/30'], { serviceAllocation: { priority: 10 } }),
    ],
    {},
    '10.5.0.0',
  ],
  [
    'equal priorities are ordered by name',
    [
      pool('b', ['10.4.0.0/30'], { serviceAllocation: { priority: 5 } }),
      pool('a', ['10.5.0.0/30'], { serviceAllocation: { priority: 5 } }),
    ],
    {},
    '10.5.0.0',
  ],
  [
    'a pool with autoAssign false is skipped',
    [pool('a', ['10.4.0.0/30'], { autoAssign: false }), WEB],
    {},
    '10.0.0.0',
  ],
  [
    'even if it is for the namespace',
    [pool('a', ['10.4.0.0/30'], { autoAssign: false, serviceAllocation: { namespaces: ['default'] } }), WEB],
    {},
    '10.0.0.0',
  ],
  ['there are only such pools', [pool('a', ['10.4.0.0/30'], { autoAssign: false })], {}, 'NoPoolMatches'],
  ['there are no pools', [], {}, 'NoPools'],
  ['the pool is full', [pool('p', ['10.0.0.0/32'])], {}, 'PoolExhausted', { others: [service('other')] }],
  [
    'the next pool is used when the first is full',
    [pool('p', ['10.0.0.0/32']), pool('q', ['10.0.1.0/32'])],
    {},
    '10.0.1.0',
    { others: [service('other')] },
  ],
  ['no pool has the family', [WEB], { families: [6] }, 'PoolLacksFamily'],
  ['avoidBuggyIPs skips .0', [pool('p', ['10.0.0.0/30'], { avoidBuggyIPs: true })], {}, '10.0.0.1'],
  [
    'and .255',
    [pool('p', ['10.0.0.254-10.0.1.1'], { avoidBuggyIPs: true })],
    {},
    '10.0.1.1',
    { others: [service('other')] },
  ],
  [
    'a pool of such addresses only is exhausted',
    [pool('p', ['10.0.0.0/32'], { avoidBuggyIPs: true })],
    {},
    'PoolExhausted',
  ],
  ['IPv6 is not avoided', [pool('p', ['fd00::/126'], { avoidBuggyIPs: true })], { families: [6] }, 'fd00::'],
  // --- two families
  ['RequireDualStack gets both from one pool', [WEB, SIX, DUAL], DUAL_REQUIRED, '10.1.0.0 fd01::'],
  ['in the order of its cluster IPs', [DUAL], { ...DUAL_REQUIRED, families: [6, 4] }, 'fd01:: 10.1.0.0'],
  ['two pools of one family each do not suffice', [WEB, SIX], DUAL_REQUIRED, 'PoolExhausted'],
  ['a family that no pool has', [WEB], DUAL_REQUIRED, 'PoolLacksFamily'],
  [
    'PreferDualStack prefers a pool with both, even if another one comes first',
    [pool('a', ['10.9.0.0/30']), DUAL],
    DUAL_PREFERRED,
    '10.1.0.0 fd01::',
  ],
  ['else one address of the primary family', [WEB, SIX], DUAL_PREFERRED, 'AssignedOneFamily 10.0.0.0'],
  [
    'which is that of the first cluster IP',
    [WEB, SIX],
    { ...DUAL_PREFERRED, families: [6, 4] },
    'AssignedOneFamily fd06::',
  ],
  ['else one of the other family', [SIX], DUAL_PREFERRED, 'AssignedOneFamily fd06::'],
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
  ['no cluster IP', [WEB], { clusterIPs: [] }, 'NoClusterIP'],
  ['an empty cluster IP', [WEB], { clusterIPs: [''] }, 'NoClusterIP'],
  ['a headless Service', [WEB], { clusterIPs: ['None'] }, 'NoClusterIP'],
  [
    'PreferDualStack: a pool for the namespace with one family goes before a pool for all with both',
    [DUAL, pool('zone', ['10.4.0.0/30'], { serviceAllocation: { namespaces: ['default'] } })],
    DUAL_PREFERRED,
    'AssignedOneFamily 10.4.0.0',
  ],
  [
    'so does a pool whose serviceSelectors match',
    [
      DUAL,
      pool('zone', ['fd04::/126'], {
        serviceAllocation: { serviceSelectors: [{ matchLabels: { app: 'x' } }] },
      }),
    ],
    { ...DUAL_PREFERRED, labels: { app: 'x' } },
    'AssignedOneFamily fd04::',
  ],
  [
    'among the bound pools one with both comes first, whatever the priorities',
    [
      pool('a', ['10.4.0.0/30'], { serviceAllocation: { namespaces: ['default'], priority: 1 } }),
      pool('b', ['10.5.0.0/30', 'fd05::/126'], {
        serviceAllocation: { namespaces: ['default'], priority: 2 },
      }),
    ],
    DUAL_PREFERRED,
    '10.5.0.0 fd05::',
  ],
  [
    'of bound pools with one family each, the best one',
    [
      DUAL,
      pool('a', ['10.4.0.0/30'], { serviceAllocation: { namespaces: ['default'], priority: 2 } }),
      pool('b', ['10.5.0.0/30'], { serviceAllocation: { namespaces: ['default'], priority: 1 } }),
    ],
    DUAL_PREFERRED,
    'AssignedOneFamily 10.5.0.0',
  ],
  [
    'RequireDualStack goes on to the pool for all',
    [DUAL, pool('zone', ['10.4.0.0/30'], { serviceAllocation: { namespaces: ['default'] } })],
    DUAL_REQUIRED,
    '10.1.0.0 fd01::',
  ],
  // --- managed Services
  ['another class', [WEB], { loadBalancerClass: 'cloud' }, 'nothing'],
  ['our class', [WEB], { loadBalancerClass: 'berth' }, '10.0.0.0', { options: { lbClass: 'berth' } }],
  ['no class, and the controller has one', [WEB], {}, 'nothing', { options: { lbClass: 'berth' } }],
  ['a ClusterIP Service', [WEB], { type: 'ClusterIP' }, 'nothing'],
  ['a NodePort Service', [WEB], { type: 'NodePort' }, 'nothing'],
  ['an ExternalName Service', [WEB], { type: 'ExternalName', clusterIPs: [] }, 'nothing'],
  ['one that is being deleted', [WEB], { deleting: true }, 'nothing'],
  // --- advertisements
  ['a pool that only an L2Advertisement covers', [WEB], {}, 'Layer2Only 10.0.0.0', { layer2Only: ['web'] }],
];

outcomes(rows);
