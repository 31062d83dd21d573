/** A Service that asks for a pool, or to share: one row for each outcome. */
import { asks, DUAL, DUAL_WISH, fromPool, type Outcome, outcomes, PREFER, SIX, WEB } from './outcomes.ts';
import { pool, service } from './support.ts';

const rows: readonly Outcome[] = [
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
];

outcomes(rows);
