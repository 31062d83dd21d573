import { type Row, type Rows, withSpec } from './row.ts';

/** A row of a pool also tells what `parsePool` makes of what the API server took: a summary, or a complaint. */
type PoolRow = readonly [...row: Row, parsed: string | null];

const range = (...addresses: readonly unknown[]): { spec: Readonly<Record<string, unknown>> } =>
  withSpec({ addresses });
const plain = { addresses: ['192.168.5.0/24'] };
const allot = (serviceAllocation: unknown): { spec: Readonly<Record<string, unknown>> } =>
  withSpec({ ...plain, serviceAllocation });

export const POOL_ROWS: readonly PoolRow[] = [
  ['a CIDR', range('192.168.5.0/24'), null, '192.168.5.0/24'],
  ['a range', range('172.18.1.1-172.18.1.16'), null, '172.18.1.1-172.18.1.16'],
  ['blanks round the dash', range('172.18.1.1 - 172.18.1.16'), null, '172.18.1.1-172.18.1.16'],
  ['both families', range('10.0.0.0/24', '2001:db8::/64'), null, '10.0.0.0/24 2001:db8::/64'],
  ['an IPv6 range', range('fd00::1-fd00::ff'), null, 'fd00::1-fd00::ff'],
  ['host bits', range('10.0.0.7/24'), null, '10.0.0.0/24'],
  ['one address as a CIDR', range('10.0.0.7/32'), null, '10.0.0.7/32'],
  ['every IPv4 address', range('0.0.0.0/0'), null, '0.0.0.0/0'],
  ['every IPv6 address', range('::/0'), null, '::/0'],
  ['not for everybody', withSpec({ ...plain, autoAssign: false }), null, '192.168.5.0/24 on-request'],
  ['without .0 and .255', withSpec({ ...plain, avoidBuggyIPs: true }), null, '192.168.5.0/24 avoids-buggy'],
  ['null is absent', withSpec({ ...plain, autoAssign: null }), null, '192.168.5.0/24'],
  ['an empty allocation', allot({}), null, '192.168.5.0/24 for all, last'],
  ['a priority', allot({ priority: 20 }), null, '192.168.5.0/24 for all, 20'],
  ['priority 0', allot({ priority: 0 }), null, '192.168.5.0/24 for all, last'],
  ['a priority below 0', allot({ priority: -5 }), null, '192.168.5.0/24 for all, -5'],
  ['namespaces', allot({ namespaces: ['a', 'b'] }), null, '192.168.5.0/24 for a b, last'],
  [
    'namespaces by label',
    allot({ namespaceSelectors: [{ matchLabels: { team: 'red' } }] }),
    null,
    '192.168.5.0/24 for ns{team=red}, last',
  ],
  [
    'Services by label',
    allot({
      priority: 1,
      serviceSelectors: [{ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['x', 'y'] }] }],
    }),
    null,
    '192.168.5.0/24 for svc{app notin (x,y)}, 1',
  ],
  ['no addresses at all', range(), null, 'spec.addresses: needs at least one'],
  ['an empty text', range(''), null, 'spec.addresses[0]: "" '],
  ['a lone address', range('10.0.0.1'), null, 'spec.addresses[0]: "10.0.0.1" '],
  ['a range backwards', range('10.0.0.9-10.0.0.1'), null, 'spec.addresses[0]: "10.0.0.9-10.0.0.1" '],
  ['a range across families', range('10.0.0.1-fd00::1'), null, 'spec.addresses[0]: "10.0.0.1-fd00::1" '],
  ['leading zeros', range('010.0.0.0/24'), null, 'spec.addresses[0]: "010.0.0.0/24" '],
  ['a prefix that is too long', range('10.0.0.0/33'), null, 'spec.addresses[0]: "10.0.0.0/33" '],
  ['the second one wrong', range('10.0.0.0/24', 'nonsense'), null, 'spec.addresses[1]: "nonsense" '],
  [
    'the same twice',
    range('10.0.0.0/24', '10.0.0.0/24'),
    null,
    'spec.addresses[1]: "10.0.0.0/24" is listed twice',
  ],
  ['an overlap', range('10.0.0.0/8', '10.1.0.0/16'), null, 'overlaps with already defined CIDR'],
  [
    'a namespace twice',
    allot({ namespaces: ['a', 'a'] }),
    null,
    'spec.serviceAllocation.namespaces[1]: "a" is listed twice',
  ],
  [
    'an operator nobody knows',
    allot({ serviceSelectors: [{ matchExpressions: [{ key: 'a', operator: 'Near', values: ['b'] }] }] }),
    null,
    'serviceSelectors[0].matchExpressions[0].operator: must be one of',
  ],
  [
    'In without values',
    allot({ serviceSelectors: [{ matchExpressions: [{ key: 'a', operator: 'In' }] }] }),
    null,
    'values: needs at least one value',
  ],
  [
    'Exists with values',
    allot({ namespaceSelectors: [{ matchExpressions: [{ key: 'a', operator: 'Exists', values: ['b'] }] }] }),
    null,
    'values: must be empty',
  ],
  [
    'a label that cannot be',
    allot({ namespaceSelectors: [{ matchLabels: { 'a b': 'c' } }] }),
    null,
    'cannot be the key of a label',
  ],
  ['no spec', {}, 'spec: Required value', null],
  ['a spec that is null', { spec: null }, 'spec: Required value', null],
  ['a spec that is a text', { spec: 'all' }, 'must be of type object', null],
  ['no addresses field', withSpec({ autoAssign: true }), 'spec.addresses: Required value', null],
  ['addresses that are a text', withSpec({ addresses: '10.0.0.0/24' }), 'must be of type array', null],
  ['an address that is a number', range(10), 'must be of type string', null],
  ['an address that is null', range(null), 'must be of type string', null],
  ['autoAssign as a text', withSpec({ ...plain, autoAssign: 'no' }), 'must be of type boolean', null],
  ['avoidBuggyIPs as a number', withSpec({ ...plain, avoidBuggyIPs: 1 }), 'must be of type boolean', null],
  ['a priority as a text', allot({ priority: '1' }), 'must be of type integer', null],
  ['a priority with a fraction', allot({ priority: 1.5 }), 'must be of type integer', null],
  ['namespaces that are a text', allot({ namespaces: 'a' }), 'must be of type array', null],
  ['an allocation that is a list', allot([]), 'must be of type object', null],
  [
    'a selector without operator',
    allot({ serviceSelectors: [{ matchExpressions: [{ key: 'a' }] }] }),
    'operator: Required value',
    null,
  ],
];

export const POOLS: Rows = {
  kind: 'IPAddressPool',
  plural: 'ipaddresspools',
  version: 'v1beta1',
  rows: POOL_ROWS.map(([says, object, refusal]): Row => [says, object, refusal]),
};
