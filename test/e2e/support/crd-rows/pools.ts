import { type KindRows, type Row, withSpec } from './row.ts';

/** A row of a pool also has the result of `parseAddressPool` for an accepted object: a summary, or an error. */
type PoolRow = readonly [...row: Row, parsed: string | null];

const withAddresses = (...addresses: readonly unknown[]): { spec: Readonly<Record<string, unknown>> } =>
  withSpec({ addresses });
const POOL_SPEC = { addresses: ['192.168.5.0/24'] };
const withAllocation = (serviceAllocation: unknown): { spec: Readonly<Record<string, unknown>> } =>
  withSpec({ ...POOL_SPEC, serviceAllocation });

export const POOL_ROWS: readonly PoolRow[] = [
  ['a CIDR', withAddresses('192.168.5.0/24'), null, '192.168.5.0/24'],
  ['a range', withAddresses('172.18.1.1-172.18.1.16'), null, '172.18.1.1-172.18.1.16'],
  ['spaces around the dash', withAddresses('172.18.1.1 - 172.18.1.16'), null, '172.18.1.1-172.18.1.16'],
  ['both families', withAddresses('10.0.0.0/24', '2001:db8::/64'), null, '10.0.0.0/24 2001:db8::/64'],
  ['an IPv6 range', withAddresses('fd00::1-fd00::ff'), null, 'fd00::1-fd00::ff'],
  ['host bits', withAddresses('10.0.0.7/24'), null, '10.0.0.0/24'],
  ['one address as a CIDR', withAddresses('10.0.0.7/32'), null, '10.0.0.7/32'],
  ['a very large range', withAddresses('64.0.0.0/3', '2000::/3'), null, '64.0.0.0/3 2000::/3'],
  ['every IPv4 address', withAddresses('0.0.0.0/0'), 'must not begin with an unspecified address', null],
  ['every IPv6 address', withAddresses('::/0'), 'must not begin with an unspecified address', null],
  [
    'loopback addresses',
    withAddresses('10.0.0.0/24', '127.0.0.0/24'),
    '[1]: Invalid value: "127.0.0.0/24": addresses must not contain loopback addresses',
    null,
  ],
  ['the IPv6 loopback address', withAddresses('::1/128'), 'must not contain loopback addresses', null],
  ['IPv4 multicast addresses', withAddresses('239.1.0.0/16'), 'must not contain multicast addresses', null],
  ['the broadcast address', withAddresses('255.255.255.255/32'), 'must not contain broadcast', null],
  ['IPv6 multicast addresses', withAddresses('ff05::1-ff05::9'), 'or multicast addresses', null],
  ['IPv6 multicast addresses in upper case', withAddresses('FF05::/16'), 'or multicast addresses', null],
  [
    'IPv6 link-local addresses',
    withAddresses('FEB0::/64'),
    'must not contain IPv6 link-local addresses',
    null,
  ],
  ['IPv4 link-local addresses', withAddresses('169.254.7.0/24'), null, '169.254.7.0/24'],
  [
    'a range around loopback addresses, which the parser and the policy refuse',
    withAddresses('126.0.0.0-128.0.0.0'),
    null,
    'spec.addresses[0]: "126.0.0.0-128.0.0.0" contains loopback addresses',
  ],
  ['autoAssign false', withSpec({ ...POOL_SPEC, autoAssign: false }), null, '192.168.5.0/24 on-request'],
  [
    'without .0 and .255',
    withSpec({ ...POOL_SPEC, avoidBuggyIPs: true }),
    null,
    '192.168.5.0/24 avoids-buggy',
  ],
  ['null is absent', withSpec({ ...POOL_SPEC, autoAssign: null }), null, '192.168.5.0/24'],
  ['an empty allocation', withAllocation({}), null, '192.168.5.0/24 for all, last'],
  ['a priority', withAllocation({ priority: 20 }), null, '192.168.5.0/24 for all, 20'],
  ['priority 0', withAllocation({ priority: 0 }), null, '192.168.5.0/24 for all, last'],
  ['a priority below 0', withAllocation({ priority: -5 }), null, '192.168.5.0/24 for all, -5'],
  ['namespaces', withAllocation({ namespaces: ['a', 'b'] }), null, '192.168.5.0/24 for a b, last'],
  [
    'namespaces by label',
    withAllocation({ namespaceSelectors: [{ matchLabels: { team: 'red' } }] }),
    null,
    '192.168.5.0/24 for ns{team=red}, last',
  ],
  [
    'Services by label',
    withAllocation({
      priority: 1,
      serviceSelectors: [{ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['x', 'y'] }] }],
    }),
    null,
    '192.168.5.0/24 for svc{app notin (x,y)}, 1',
  ],
  ['no addresses at all', withAddresses(), null, 'spec.addresses: needs at least one'],
  ['an empty string', withAddresses(''), null, 'spec.addresses[0]: "" '],
  ['a single address', withAddresses('10.0.0.1'), null, 'spec.addresses[0]: "10.0.0.1" '],
  ['a range backwards', withAddresses('10.0.0.9-10.0.0.1'), null, 'spec.addresses[0]: "10.0.0.9-10.0.0.1" '],
  [
    'a range across families',
    withAddresses('10.0.0.1-fd00::1'),
    null,
    'spec.addresses[0]: "10.0.0.1-fd00::1" ',
  ],
  ['leading zeros', withAddresses('010.0.0.0/24'), null, 'spec.addresses[0]: "010.0.0.0/24" '],
  ['a prefix that is too long', withAddresses('10.0.0.0/33'), null, 'spec.addresses[0]: "10.0.0.0/33" '],
  [
    'an invalid second range',
    withAddresses('10.0.0.0/24', 'nonsense'),
    null,
    'spec.addresses[1]: "nonsense" ',
  ],
  [
    'a duplicate range',
    withAddresses('10.0.0.0/24', '10.0.0.0/24'),
    null,
    'spec.addresses[1]: "10.0.0.0/24" is listed twice',
  ],
  ['an overlap', withAddresses('10.0.0.0/8', '10.1.0.0/16'), null, 'overlaps with already defined CIDR'],
  [
    'a duplicate namespace',
    withAllocation({ namespaces: ['a', 'a'] }),
    null,
    'spec.serviceAllocation.namespaces[1]: "a" is listed twice',
  ],
  [
    'an unknown operator',
    withAllocation({
      serviceSelectors: [{ matchExpressions: [{ key: 'a', operator: 'Near', values: ['b'] }] }],
    }),
    null,
    'serviceSelectors[0].matchExpressions[0].operator: must be one of',
  ],
  [
    'In without values',
    withAllocation({ serviceSelectors: [{ matchExpressions: [{ key: 'a', operator: 'In' }] }] }),
    null,
    'values: needs at least one value',
  ],
  [
    'Exists with values',
    withAllocation({
      namespaceSelectors: [{ matchExpressions: [{ key: 'a', operator: 'Exists', values: ['b'] }] }],
    }),
    null,
    'values: must be empty',
  ],
  [
    'an invalid label',
    withAllocation({ namespaceSelectors: [{ matchLabels: { 'a b': 'c' } }] }),
    null,
    'cannot be the key of a label',
  ],
  ['no spec', {}, 'spec: Required value', null],
  ['a spec that is null', { spec: null }, 'spec: ', null],
  ['a spec that is a string', { spec: 'all' }, 'must be of type object', null],
  ['no addresses field', withSpec({ autoAssign: true }), 'spec.addresses: Required value', null],
  ['addresses that are a string', withSpec({ addresses: '10.0.0.0/24' }), 'must be of type array', null],
  ['an address that is a number', withAddresses(10), 'must be of type string', null],
  ['an address that is null', withAddresses(null), 'must be of type string', null],
  [
    'autoAssign that is a string',
    withSpec({ ...POOL_SPEC, autoAssign: 'no' }),
    'must be of type boolean',
    null,
  ],
  [
    'avoidBuggyIPs that is a number',
    withSpec({ ...POOL_SPEC, avoidBuggyIPs: 1 }),
    'must be of type boolean',
    null,
  ],
  ['a priority that is a string', withAllocation({ priority: '1' }), 'must be of type integer', null],
  ['a priority with a fraction', withAllocation({ priority: 1.5 }), 'must be of type integer', null],
  ['namespaces that are a string', withAllocation({ namespaces: 'a' }), 'must be of type array', null],
  ['an allocation that is a list', withAllocation([]), 'must be of type object', null],
  [
    'a selector without operator',
    withAllocation({ serviceSelectors: [{ matchExpressions: [{ key: 'a' }] }] }),
    'operator: Required value',
    null,
  ],
];

export const POOLS: KindRows = {
  kind: 'IPAddressPool',
  plural: 'ipaddresspools',
  version: 'v1beta1',
  rows: POOL_ROWS.map(([title, object, refusal]): Row => [title, object, refusal]),
};
