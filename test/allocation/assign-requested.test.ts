/** A Service that requests an address: one row for each outcome. */
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
  ['requested by annotation', [WEB], requestsAddress('10.0.0.2'), '10.0.0.2'],
  ['with spaces around it', [WEB], requestsAddress(' 10.0.0.2 '), '10.0.0.2'],
  ['requested by spec.loadBalancerIP', [WEB], { loadBalancerIP: '10.0.0.2' }, '10.0.0.2'],
  [
    'requested by both',
    [WEB],
    { ...requestsAddress('10.0.0.2'), loadBalancerIP: '10.0.0.2' },
    'InvalidRequest',
  ],
  ['an empty annotation requests nothing', [WEB], requestsAddress(''), '10.0.0.0'],
  [
    'with an empty annotation the spec counts',
    [WEB],
    { ...requestsAddress(''), loadBalancerIP: '10.0.0.3' },
    '10.0.0.3',
  ],
  [
    'requested by the deprecated annotation',
    [WEB],
    { annotations: { 'metallb.universe.tf/loadBalancerIPs': '10.0.0.2' } },
    '10.0.0.2',
  ],
  [
    'the current annotation overrides the deprecated one',
    [WEB],
    {
      requests: { loadBalancerIPs: '10.0.0.1' },
      annotations: { 'metallb.universe.tf/loadBalancerIPs': '10.0.0.2' },
    },
    '10.0.0.1',
  ],
  [
    'even if it is empty',
    [WEB],
    { requests: { loadBalancerIPs: '' }, annotations: { 'metallb.universe.tf/loadBalancerIPs': '10.0.0.2' } },
    '10.0.0.0',
  ],
  ...['0.0.0.0', '127.0.0.1', '224.0.0.9', '255.255.255.255'].map(
    (text): Outcome => [
      `no Service can have ${text}, whatever pool lists it`,
      [pool('all', [`${text}/32`])],
      requestsAddress(text),
      'InvalidRequest',
    ],
  ),
  ...['::', '::1', 'ff05::2', 'fe80::5'].map(
    (text): Outcome => [`no Service can have ${text}`, [WEB], requestsAddress(text), 'InvalidRequest'],
  ),
  ['no valid address', [WEB], requestsAddress('rubbish'), 'InvalidRequest'],
  ['a leading zero is invalid', [WEB], requestsAddress('10.0.0.02'), 'InvalidRequest'],
  ['an IPv4-mapped one is the IPv4 address', [WEB], requestsAddress('::ffff:10.0.0.2'), '10.0.0.2'],
  ['a trailing comma', [WEB], requestsAddress('10.0.0.2,'), 'InvalidRequest'],
  [
    'an address of a pool with autoAssign false',
    [pool('p', ['10.0.0.0/30'], { autoAssign: false })],
    requestsAddress('10.0.0.2'),
    '10.0.0.2',
  ],
  ['an address in no pool', [WEB], requestsAddress('10.7.0.1'), 'AddressNotInPool'],
  [
    'an address of a pool for other namespaces',
    [pool('p', ['10.0.0.0/30'], { serviceAllocation: { namespaces: ['shop'] } })],
    requestsAddress('10.0.0.2'),
    'PoolNotCompatible',
  ],
  [
    'an address of a pool whose namespaceSelectors match nothing',
    [
      pool('p', ['10.0.0.0/30'], {
        serviceAllocation: { namespaceSelectors: [{ matchLabels: { team: 'red' } }] },
      }),
    ],
    requestsAddress('10.0.0.2'),
    'PoolNotCompatible',
  ],
  [
    'an address that another Service has',
    [WEB],
    requestsAddress('10.0.0.0'),
    'AddressTaken',
    { others: [service('other')] },
  ],
  [
    'an address that the pool avoids',
    [pool('p', ['10.0.0.0/30'], { avoidBuggyIPs: true })],
    requestsAddress('10.0.0.0'),
    'AddressAvoided',
  ],
  ['an address of the wrong family', [DUAL], requestsAddress('fd01::1'), 'FamilyMismatch'],
  [
    'one address for two families',
    [DUAL],
    { ...DUAL_REQUIRED, ...requestsAddress('10.1.0.1') },
    'FamilyMismatch',
  ],
  [
    'one address for two families of PreferDualStack',
    [DUAL],
    { ...DUAL_PREFERRED, ...requestsAddress('10.1.0.1') },
    'FamilyMismatch',
  ],
  ['two addresses for one family', [DUAL], requestsAddress('10.1.0.1,fd01::1'), 'FamilyMismatch'],
  [
    'two addresses for two families, in the requested order',
    [DUAL],
    { ...DUAL_REQUIRED, ...requestsAddress('fd01::1,10.1.0.1') },
    'fd01::1 10.1.0.1',
  ],
  [
    'two addresses of one family',
    [DUAL],
    { ...DUAL_REQUIRED, ...requestsAddress('10.1.0.1,10.1.0.2') },
    'InvalidRequest',
  ],
  [
    'one address twice',
    [DUAL],
    { ...DUAL_REQUIRED, ...requestsAddress('10.1.0.1,10.1.0.1') },
    'InvalidRequest',
  ],
  [
    'three addresses',
    [DUAL],
    { ...DUAL_REQUIRED, ...requestsAddress('10.1.0.1,fd01::1,10.1.0.2') },
    'InvalidRequest',
  ],
  [
    'two addresses of different pools',
    [WEB, SIX],
    { ...DUAL_REQUIRED, ...requestsAddress('10.0.0.1,fd06::1') },
    'AddressNotInPool',
  ],
  [
    'two addresses, of which one is taken',
    [DUAL],
    { ...DUAL_REQUIRED, ...requestsAddress('10.1.0.0,fd01::1') },
    'AddressTaken',
    { others: [service('other')] },
  ],
  [
    'where pools overlap the older one grants it',
    [pool('old', ['10.0.0.0/30'], { age: 1 }), pool('new', ['10.0.0.0/29'], { age: 2 })],
    requestsAddress('10.0.0.2'),
    '10.0.0.2',
  ],
  [
    'the younger one refuses it on request',
    [pool('old', ['10.0.0.0/30'], { age: 1 }), pool('new', ['10.0.0.0/29'], { age: 2 })],
    { requests: { loadBalancerIPs: '10.0.0.2', 'address-pool': 'new' } },
    'AddressOverlapped',
  ],
  [
    'automatically, the younger one grants the rest of its range',
    [pool('old', ['10.0.0.0/30'], { age: 1, autoAssign: false }), pool('new', ['10.0.0.0/29'], { age: 2 })],
    {},
    '10.0.0.4',
  ],
];

outcomes(rows);
