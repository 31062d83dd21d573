import { type KindRows, type Row, selectorRows, withSpec } from './row.ts';

const VALID_PEER = { myASN: 64512, peerASN: 64513, peerAddress: '10.0.0.1' };
const withPeerFields = (
  fields: Readonly<Record<string, unknown>>,
): { spec: Readonly<Record<string, unknown>> } => withSpec({ ...VALID_PEER, ...fields });

/** Rows of both versions. */
const COMMON_ROWS: readonly Row[] = [
  ['the required fields only', withSpec(VALID_PEER), null],
  ['no spec', {}, null],
  ['the highest AS number', withPeerFields({ myASN: 4_294_967_295, peerASN: 4_294_967_295 }), null],
  ['AS 0', withPeerFields({ myASN: 0 }), 'myASN must not be 0, which is reserved (RFC 7607)'],
  ['AS_TRANS', withPeerFields({ myASN: 23_456 }), 'myASN must not be 23456'],
  ['AS_TRANS of the peer', withPeerFields({ peerASN: 23_456 }), 'peerASN must not be 23456'],
  ['an IPv6 address', withPeerFields({ peerAddress: 'FD00:1::9' }), null],
  ['an IPv4-mapped address', withPeerFields({ peerAddress: '::ffff:192.0.2.1' }), null],
  ['a loopback address', withPeerFields({ peerAddress: '127.0.0.1' }), null],
  ['an IPv4 link-local address', withPeerFields({ peerAddress: '169.254.8.1' }), null],
  ['a hostname', withPeerFields({ peerAddress: 'tor.example.net' }), 'peerAddress must be an IP address'],
  ['a prefix', withPeerFields({ peerAddress: '10.0.0.1/32' }), 'peerAddress must be an IP address'],
  ['an octet too high', withPeerFields({ peerAddress: '10.0.0.256' }), 'peerAddress must be an IP address'],
  ['a leading zero', withPeerFields({ peerAddress: '10.0.0.01' }), 'peerAddress must be an IP address'],
  ['an IPv6 link-local address with a zone', withPeerFields({ peerAddress: 'fe80::1%eth0' }), 'no interface'],
  [
    'an IPv6 link-local address',
    withPeerFields({ peerAddress: 'FE80::1' }),
    'ambiguous without an interface',
  ],
  ['the unspecified IPv4 address', withPeerFields({ peerAddress: '0.0.0.0' }), 'must not be an unspecified'],
  [
    'the unspecified IPv6 address',
    withPeerFields({ peerAddress: '::' }),
    'must not be an unspecified address',
  ],
  [
    'an IPv4 multicast address',
    withPeerFields({ peerAddress: '224.0.0.5' }),
    'must not be a multicast address',
  ],
  [
    'an IPv6 multicast address',
    withPeerFields({ peerAddress: 'ff02::5' }),
    'must not be a multicast address',
  ],
  ['the broadcast address', withPeerFields({ peerAddress: '255.255.255.255' }), 'must not be the broadcast'],
  ['any source address', withPeerFields({ sourceAddress: '0.0.0.0' }), null],
  [
    'a multicast source',
    withPeerFields({ sourceAddress: '239.1.1.1' }),
    'sourceAddress must not be a multicast',
  ],
  ['a router ID of zeros', withPeerFields({ routerID: '0.0.0.0' }), 'no BGP identifier (RFC 6286)'],
  [
    'an IPv6 router ID',
    withPeerFields({ routerID: 'fd00::1' }),
    'routerID must be written like an IPv4 address',
  ],
  ['no hold time', withPeerFields({ holdTime: '0s' }), null],
  ['the shortest hold time', withPeerFields({ holdTime: '3s' }), null],
  ['a hold time of 2 s', withPeerFields({ holdTime: '2s' }), 'holdTime must be 0s, or from 3s to 65535s'],
  [
    'a hold time too long',
    withPeerFields({ holdTime: '65536s' }),
    'holdTime must be 0s, or from 3s to 65535s',
  ],
  [
    'a keepalive time longer than the hold time',
    withPeerFields({ holdTime: '9s', keepaliveTime: '10s' }),
    'keepaliveTime must not be longer than holdTime',
  ],
  [
    'a keepalive time that makes a hold time below 3 s',
    withPeerFields({ keepaliveTime: '500ms' }),
    'the hold time is three times as long',
  ],
  [
    'several hops within one AS',
    withPeerFields({ peerASN: 64512, ebgpMultiHop: true }),
    'ebgpMultiHop is for eBGP only',
  ],
  [
    'an AS number too high',
    withPeerFields({ myASN: 4_294_967_296 }),
    'should be less than or equal to 4294967295',
  ],
  ['an AS number below 0', withPeerFields({ peerASN: -1 }), 'should be greater than or equal to 0'],
  ['an AS number that is a string', withPeerFields({ myASN: '64512' }), 'must be of type integer'],
  ['no local AS number', withSpec({ peerASN: 1, peerAddress: '10.0.0.1' }), 'spec.myASN: Required value'],
  ['the highest port', withPeerFields({ peerPort: 16_384 }), null],
  ['a port too high', withPeerFields({ peerPort: 16_385 }), 'should be less than or equal to 16384'],
  ['timers', withPeerFields({ holdTime: '90s', keepaliveTime: '30s' }), null],
  ['a timer that is a number', withPeerFields({ holdTime: 90 }), 'must be of type string'],
  [
    'all other fields of both versions',
    withPeerFields({
      sourceAddress: '10.0.0.2',
      routerID: '10.0.0.2',
      password: 'x',
      bfdProfile: 'fast',
      ebgpMultiHop: true,
    }),
    null,
  ],
  ['multi-hop that is a string', withPeerFields({ ebgpMultiHop: 'yes' }), 'must be of type boolean'],
];

export const PEERS_V2: KindRows = {
  kind: 'BGPPeer',
  plural: 'bgppeers',
  version: 'v1beta2',
  rows: [
    ...COMMON_ROWS,
    ...selectorRows('nodeSelectors', VALID_PEER),
    [
      'the local AS number alone',
      withSpec({ myASN: 64512 }),
      'peerASN is required, unless dynamicASN is set',
    ],
    ['both AS rules', withPeerFields({ dynamicASN: 'external' }), 'unless dynamicASN is set; never both'],
    [
      'neither address nor interface',
      withSpec({ myASN: 1, peerASN: 2 }),
      'unless interface is set; never both',
    ],
    ['address and interface', withPeerFields({ interface: 'eth0' }), 'unless interface is set; never both'],
    [
      'a password and a Secret',
      withPeerFields({ password: 'x', passwordSecret: { name: 'bgp' } }),
      'passwordSecret cannot be set beside password',
    ],
    ['AS_TRANS as local AS override', withPeerFields({ localASN: 23_456 }), 'localASN must not be 23456'],
    ['a port of 0', withPeerFields({ peerPort: 0 }), 'should be greater than or equal to 1'],
    ['any external AS', withSpec({ myASN: 1, dynamicASN: 'external', interface: 'eth0' }), null],
    ['any internal AS', withSpec({ myASN: 1, dynamicASN: 'internal', interface: 'eth0' }), null],
    [
      'an unknown dynamic AS',
      withSpec({ myASN: 1, dynamicASN: 'any' }),
      'supported values: "internal", "external"',
    ],
    ['a local AS override', withPeerFields({ localASN: 4_200_000_000 }), null],
    ['AS 0 as local AS override', withPeerFields({ localASN: 0 }), 'should be greater than or equal to 1'],
    [
      'a local AS override that is too high',
      withPeerFields({ localASN: 4_294_967_296 }),
      'should be less than or equal to 4294967295',
    ],
    ['a connect time', withPeerFields({ connectTime: '1m30s' }), null],
    ['the longest connect time', withPeerFields({ connectTime: '65535s' }), null],
    [
      'a connect time in milliseconds that are whole seconds',
      withPeerFields({ connectTime: '2000ms' }),
      null,
    ],
    ['a connect time of 0', withPeerFields({ connectTime: '0s' }), 'connectTime must be from 1s to 65535s'],
    ['a connect time below a second', withPeerFields({ connectTime: '999ms' }), 'connectTime must be'],
    [
      'a connect time too long',
      withPeerFields({ connectTime: '65536s' }),
      'connectTime must be from 1s to 65535s',
    ],
    [
      'a connect time with a fraction',
      withPeerFields({ connectTime: '1500ms' }),
      'connectTime must be a whole number of seconds',
    ],
    ['a connect time that is no duration', withPeerFields({ connectTime: 'soon' }), 'spec.connectTime'],
    ['a Secret', withPeerFields({ passwordSecret: { name: 'bgp', namespace: 'metallb-system' } }), null],
    ['a Secret that is a string', withPeerFields({ passwordSecret: 'bgp' }), 'must be of type object'],
    ['graceful restart from the start', withPeerFields({ enableGracefulRestart: true }), null],
    ['a VRF', withPeerFields({ vrf: 'red' }), null],
    ['deprecated fields', withPeerFields({ disableMP: true, dualStackAddressFamily: true }), null],
  ],
};

export const PEERS_V1: KindRows = {
  kind: 'BGPPeer',
  plural: 'bgppeers',
  version: 'v1beta1',
  rows: [
    ...COMMON_ROWS,
    ['a port of 0', withPeerFields({ peerPort: 0 }), null],
    ['a port below 0', withPeerFields({ peerPort: -1 }), 'should be greater than or equal to 0'],
    ['no address', withSpec({ myASN: 1, peerASN: 2 }), 'spec.peerAddress: Required value'],
    ['an empty address', withPeerFields({ peerAddress: '' }), 'peerAddress is required'],
    ['AS 0 of the peer', withPeerFields({ peerASN: 0 }), 'peerASN must not be 0'],
    [
      'no AS number of the peer',
      withSpec({ myASN: 1, peerAddress: '10.0.0.1' }),
      'spec.peerASN: Required value',
    ],
    ['nodes by label', withPeerFields({ nodeSelectors: [{ matchLabels: { rack: 'a' } }] }), null],
    [
      'nodes by expression',
      withPeerFields({
        nodeSelectors: [{ matchExpressions: [{ key: 'rack', operator: 'In', values: ['a'] }] }],
      }),
      null,
    ],
    [
      'an expression without values',
      withPeerFields({ nodeSelectors: [{ matchExpressions: [{ key: 'rack', operator: 'Exists' }] }] }),
      'values: Required value',
    ],
    [
      'an expression with no value',
      withPeerFields({
        nodeSelectors: [{ matchExpressions: [{ key: 'rack', operator: 'Exists', values: [] }] }],
      }),
      'should have at least 1 items',
    ],
    [
      'an expression without a key',
      withPeerFields({ nodeSelectors: [{ matchExpressions: [{ operator: 'In', values: ['a'] }] }] }),
      'key: Required value',
    ],
  ],
};
