/** A Service that asks for an address: one row for each outcome. */
import {
  DUAL,
  DUAL_PREFERRED,
  DUAL_REQUIRED,
  type Outcome,
  outcomes,
  requestsAddress,
  SIX,
  WEB,
} from './support/outcomes.ts';
import { pool, service } from './support/test-cluster.ts';

const rows: readonly Outcome[] = [
  ['an address by annotation', [WEB], requestsAddress('10.0.0.2'), '10.0.0.2'],
  ['with blanks around it', [WEB], requestsAddress(' 10.0.0.2 '), '10.0.0.2'],
  ['by spec.loadBalancerIP', [WEB], { loadBalancerIP: '10.0.0.2' }, '10.0.0.2'],
  ['by both', [WEB], { ...requestsAddress('10.0.0.2'), loadBalancerIP: '10.0.0.2' }, 'InvalidRequest'],
  ['an empty annotation asks for nothing', [WEB], requestsAddress(''), '10.0.0.0'],
  [
    'an empty annotation leaves the word to the spec',
    [WEB],
    { ...requestsAddress(''), loadBalancerIP: '10.0.0.3' },
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
      requests: { loadBalancerIPs: '10.0.0.1' },
      annotations: { 'metallb.universe.tf/loadBalancerIPs': '10.0.0.2' },
    },
    '10.0.0.1',
  ],
  [
    'also when it is empty',
    [WEB],
    { requests: { loadBalancerIPs: '' }, annotations: { 'metallb.universe.tf/loadBalancerIPs': '10.0.0.2' } },
    '10.0.0.0',
  ],
  ['no address at all', [WEB], requestsAddress('rubbish'), 'InvalidRequest'],
  ['a leading zero is refused', [WEB], requestsAddress('10.0.0.02'), 'InvalidRequest'],
  ['an IPv4-mapped one is the IPv4 address', [WEB], requestsAddress('::ffff:10.0.0.2'), '10.0.0.2'],
  ['a comma too many', [WEB], requestsAddress('10.0.0.2,'), 'InvalidRequest'],
  [
    'of a pool with autoAssign false',
    [pool('p', ['10.0.0.0/30'], { autoAssign: false })],
    requestsAddress('10.0.0.2'),
    '10.0.0.2',
  ],
  ['in no pool', [WEB], requestsAddress('10.7.0.1'), 'AddressNotInPool'],
  [
    'of a pool that is for others',
    [pool('p', ['10.0.0.0/30'], { serviceAllocation: { namespaces: ['shop'] } })],
    requestsAddress('10.0.0.2'),
    'PoolNotCompatible',
  ],
  [
    'of a pool whose namespaceSelectors find nobody',
    [
      pool('p', ['10.0.0.0/30'], {
        serviceAllocation: { namespaceSelectors: [{ matchLabels: { team: 'red' } }] },
      }),
    ],
    requestsAddress('10.0.0.2'),
    'PoolNotCompatible',
  ],
  [
    'that another Service has',
    [WEB],
    requestsAddress('10.0.0.0'),
    'AddressTaken',
    { others: [service('other')] },
  ],
  [
    'that the pool avoids',
    [pool('p', ['10.0.0.0/30'], { avoidBuggyIPs: true })],
    requestsAddress('10.0.0.0'),
    'AddressAvoided',
  ],
  ['of the wrong family', [DUAL], requestsAddress('fd01::1'), 'FamilyMismatch'],
  ['one for two families', [DUAL], { ...DUAL_REQUIRED, ...requestsAddress('10.1.0.1') }, 'FamilyMismatch'],
  [
    'one for PreferDualStack with two families',
    [DUAL],
    { ...DUAL_PREFERRED, ...requestsAddress('10.1.0.1') },
    'FamilyMismatch',
  ],
  ['two for one family', [DUAL], requestsAddress('10.1.0.1,fd01::1'), 'FamilyMismatch'],
  [
    'two for two, in the order asked for',
    [DUAL],
    { ...DUAL_REQUIRED, ...requestsAddress('fd01::1,10.1.0.1') },
    'fd01::1 10.1.0.1',
  ],
  [
    'two of one family',
    [DUAL],
    { ...DUAL_REQUIRED, ...requestsAddress('10.1.0.1,10.1.0.2') },
    'InvalidRequest',
  ],
  ['the same twice', [DUAL], { ...DUAL_REQUIRED, ...requestsAddress('10.1.0.1,10.1.0.1') }, 'InvalidRequest'],
  ['three', [DUAL], { ...DUAL_REQUIRED, ...requestsAddress('10.1.0.1,fd01::1,10.1.0.2') }, 'InvalidRequest'],
  [
    'two of different pools',
    [WEB, SIX],
    { ...DUAL_REQUIRED, ...requestsAddress('10.0.0.1,fd06::1') },
    'AddressNotInPool',
  ],
  [
    'two, of which one is taken',
    [DUAL],
    { ...DUAL_REQUIRED, ...requestsAddress('10.1.0.0,fd01::1') },
    'AddressTaken',
    { others: [service('other')] },
  ],
  [
    'where pools overlap the older one gives it',
    [pool('old', ['10.0.0.0/30'], { age: 1 }), pool('new', ['10.0.0.0/29'], { age: 2 })],
    requestsAddress('10.0.0.2'),
    '10.0.0.2',
  ],
  [
    'and the younger does not, when asked',
    [pool('old', ['10.0.0.0/30'], { age: 1 }), pool('new', ['10.0.0.0/29'], { age: 2 })],
    { requests: { loadBalancerIPs: '10.0.0.2', 'address-pool': 'new' } },
    'AddressOverlapped',
  ],
  [
    'unasked, the younger gives what is its own',
    [pool('old', ['10.0.0.0/30'], { age: 1, autoAssign: false }), pool('new', ['10.0.0.0/29'], { age: 2 })],
    {},
    '10.0.0.4',
  ],
];

outcomes(rows);
