import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatIssue } from '../../src/config/issue.ts';
import { legacyText, parseLegacy } from '../../src/config/legacy.ts';
import { underSeeds } from '../support/random.ts';

const complaints = async (text: string): Promise<readonly string[]> => {
  const config = await parseLegacy(text);
  return config.ok ? [] : config.error.map(formatIssue);
};

const pools = (...lines: readonly string[]): string => ['address-pools:', ...lines].join('\n');
const peers = (...lines: readonly string[]): string =>
  ['peers:', '- my-asn: 64512', '  peer-asn: 64513', '  peer-address: 10.0.0.1', ...lines].join('\n');
const layer2 = ['- name: a', '  protocol: layer2', '  addresses: [10.0.0.0/24]'];
const bgp = ['- name: a', '  protocol: bgp', '  addresses: [10.0.0.0/24]'];

describe('parseLegacy', () => {
  it('reads every feature', async () => {
    const config = await parseLegacy(`
# comments are welcome
peers:
- peer-address: 10.0.0.1
  peer-asn: 64501
  my-asn: 64500
  peer-port: 1179
  source-address: 10.0.0.2
  hold-time: 120s
  keepalive-time: 1m
  router-id: 10.10.10.10
  password: 12345
  bfd-profile: fast
  ebgp-multihop: yes
  node-selectors:
  - match-labels: {rack: frontend}
    match-expressions:
    - {key: network-speed, operator: NotIn, values: [slow]}
bgp-communities:
  no-advertise: 65535:65282
  big: large:1:2:3
bfd-profiles:
- name: fast
  receive-interval: 280
  transmit-interval: 270
  detect-multiplier: 3
  echo-interval: 62
  echo-mode: false
  passive-mode: true
  minimum-ttl: 254
address-pools:
- name: 007
  protocol: bgp
  addresses: [198.51.100.0/24, 2001:db8::/64]
  avoid-buggy-ips: true
  auto-assign: off
  bgp-advertisements:
  - aggregation-length: 32
    localpref: 100
    communities: [no-advertise, 64512:30]
  - aggregation-length: 24
    aggregation-length-v6: 64
- name: lan
  protocol: layer2
  addresses:
  - 192.168.1.200-192.168.1.250
`);
    assert.ok(config.ok, JSON.stringify(config));
    const { peers, pools, communities, bfdProfiles } = config.value;
    assert.deepEqual(peers, [
      {
        myASN: 64500,
        peerASN: 64501,
        peerAddress: '10.0.0.1',
        sourceAddress: '10.0.0.2',
        peerPort: 1179,
        holdTime: 120_000,
        keepaliveTime: 60_000,
        routerID: '10.10.10.10',
        nodeSelectors: [
          {
            requirements: [
              { key: 'rack', operator: 'In', values: ['frontend'] },
              { key: 'network-speed', operator: 'NotIn', values: ['slow'] },
            ],
          },
        ],
        password: '12345',
        bfdProfile: 'fast',
        ebgpMultiHop: true,
      },
    ]);
    assert.deepEqual(communities, [
      { name: 'no-advertise', value: '65535:65282' },
      { name: 'big', value: 'large:1:2:3' },
    ]);
    assert.deepEqual(bfdProfiles, [
      {
        name: 'fast',
        receiveInterval: 280,
        transmitInterval: 270,
        detectMultiplier: 3,
        echoInterval: 62,
        echoMode: false,
        passiveMode: true,
        minimumTtl: 254,
      },
    ]);
    const plain = { aggregationLength: 32, aggregationLengthV6: 128, localPref: null, communities: [] };
    assert.deepEqual(pools, [
      {
        name: '007',
        protocol: 'bgp',
        addresses: ['198.51.100.0/24', '2001:db8::/64'],
        autoAssign: false,
        avoidBuggyIPs: true,
        advertisements: [
          { ...plain, localPref: 100, communities: ['no-advertise', '64512:30'] },
          { ...plain, aggregationLength: 24, aggregationLengthV6: 64 },
        ],
      },
      {
        name: 'lan',
        protocol: 'layer2',
        addresses: ['192.168.1.200-192.168.1.250'],
        autoAssign: true,
        avoidBuggyIPs: false,
        advertisements: [],
      },
    ]);
  });

  it('gives a BGP pool without advertisements a plain one, and a peer its usual values', async () => {
    const config = await parseLegacy(`${peers()}\n${pools(...bgp)}`);
    assert.ok(config.ok);
    assert.equal(config.value.pools[0]?.advertisements.length, 1);
    const { peerPort, holdTime, keepaliveTime, ebgpMultiHop } = config.value.peers[0] ?? assert.fail();
    assert.deepEqual([peerPort, holdTime, keepaliveTime, ebgpMultiHop], [179, 90_000, null, false]);
  });

  const refused: readonly [says: string, text: string, complaint: RegExp][] = [
    ['an empty text', '', /^is empty/],
    ['comments alone', '# nothing\n', /^is empty/],
    ['a list', '- a', /^must be an object, not a list/],
    ['prose', 'give me addresses', /^must be an object, not the text "give me/],
    [
      'what is not YAML',
      'address-pools:\n- name: a\n protocol: bgp\n',
      /^is not YAML at line 3, column \d+: /,
    ],
    ['a key twice', 'peers: []\npeers: []', /^is not YAML at line 2, column 1: /],
    ['an alias of nothing', 'peers: *gone', /^is not YAML that can be read: /],
    ['tabs for blanks', 'address-pools:\n\t- name: a', /^is not YAML at line 2/],
    ['two documents', 'peers: []\n---\npeers: []', /^is not YAML at line 2/],
    [
      'an unknown section',
      'adress-pools: []',
      /^adress-pools: is not a known field: did you mean "address-pools"/,
    ],
    ['a section of MetalLB 0.2', 'communities: {}', /^communities: .*renamed it to "bgp-communities"/],
    [
      'a pool without name',
      pools('- protocol: layer2', '  addresses: [10.0.0.0/24]'),
      /^address-pools\[0\].name: is required/,
    ],
    [
      'a pool without protocol',
      pools('- name: a', '  addresses: [10.0.0.0/24]'),
      /^address-pools\[0\].protocol: is required/,
    ],
    [
      'a pool of no addresses',
      pools('- name: a', '  protocol: bgp', '  addresses:'),
      /^address-pools\[0\].addresses: needs at least one/,
    ],
    [
      'the protocol l2',
      pools('- name: a', '  protocol: l2', '  addresses: [10.0.0.0/24]'),
      /protocol: "l2" is no known protocol: did you mean "layer2"/,
    ],
    [
      'the protocol arp',
      pools('- name: a', '  protocol: arp', '  addresses: [10.0.0.0/24]'),
      /did you mean "layer2"/,
    ],
    [
      'a protocol in capitals',
      pools('- name: a', '  protocol: BGP', '  addresses: [10.0.0.0/24]'),
      /did you mean "bgp"/,
    ],
    [
      'a protocol like no other',
      pools('- name: a', '  protocol: ospfv3', '  addresses: [10.0.0.0/24]'),
      /known are "bgp", "layer2"/,
    ],
    [
      'a bad address',
      pools('- name: a', '  protocol: bgp', '  addresses: [10.0.0.0/40]'),
      /^address-pools\[0\].addresses\[0\]: "10.0.0.0\/40"/,
    ],
    ['the key cidr', pools(...layer2, '  cidr: []'), /^address-pools\[0\].cidr: .*renamed it to "addresses"/],
    [
      'the key arp-network',
      pools(...layer2, '  arp-network: 10.0.0.0/8'),
      /arp-network: .*MetalLB 0.6 removed it/,
    ],
    ['the key advertisements', pools(...bgp, '  advertisements: []'), /renamed it to "bgp-advertisements"/],
    [
      'advertisements for layer 2',
      pools(...layer2, '  bgp-advertisements: [{localpref: 1}]'),
      /bgp-advertisements: cannot be set on a pool whose protocol is "layer2"/,
    ],
    [
      'two pools of one name',
      pools(...layer2, '- name: a', '  protocol: bgp', '  addresses: [10.0.1.0/24]'),
      /^address-pools\[1\].name: "a" is the name of two pools/,
    ],
    [
      'two pools that overlap',
      pools(...layer2, '- name: b', '  protocol: bgp', '  addresses: [10.0.0.0/25]'),
      /^address-pools\[1\].addresses\[0\]: "10.0.0.0\/25" overlaps with already defined CIDR "10.0.0.0\/24" at address-pools\[0\]/,
    ],
    [
      'auto-assign as a number',
      pools(...layer2, '  auto-assign: 2'),
      /auto-assign: must be true or false, not the text "2"/,
    ],
    [
      'an aggregate wider than the pool',
      pools(...bgp, '  bgp-advertisements: [{aggregation-length: 20}]'),
      /bgp-advertisements\[0\]: invalid aggregation length 20: prefix 24/,
    ],
    [
      'an aggregate of 33 bits',
      pools(...bgp, '  bgp-advertisements: [{aggregation-length: 33}]'),
      /aggregation-length: must be from 1 to 32, not the text "33"/,
    ],
    [
      'an alias nobody defined',
      pools(
        ...bgp,
        '  bgp-advertisements: [{communities: [no-expert]}]',
        'bgp-communities: {no-export: "65535:65281"}',
      ),
      /communities\[0\]: "no-expert" is not defined under bgp-communities: did you mean "no-export"/,
    ],
    [
      'a community out of bounds',
      'bgp-communities: {big: 65536:1}',
      /^bgp-communities.big: .*invalid community value: invalid section "65536"/,
    ],
    [
      'a community of three parts',
      'bgp-communities: {big: 1:2:3}',
      /expected community to be of format large/,
    ],
    [
      'a peer without AS number',
      'peers: [{peer-asn: 1, peer-address: 10.0.0.1}]',
      /^peers\[0\].my-asn: is required/,
    ],
    ['a peer without address', 'peers: [{peer-asn: 1, my-asn: 2}]', /^peers\[0\].peer-address: is required/],
    [
      'AS 0',
      'peers: [{peer-asn: 0, my-asn: 2, peer-address: 10.0.0.1}]',
      /^peers\[0\].peer-asn: must be from 1 to 4294967295/,
    ],
    [
      'a peer address that is a name',
      'peers: [{peer-asn: 1, my-asn: 2, peer-address: router}]',
      /^peers\[0\].peer-address: "router" /,
    ],
    [
      'the BFD key as the example file spelled it',
      peers('  bfdProfile: x'),
      /^peers\[0\].bfdProfile: is not a known field: did you mean "bfd-profile"/,
    ],
    [
      'a BFD profile nobody defined',
      peers('  bfd-profile: x'),
      /^peers\[0\].bfd-profile: "x" is not defined under bfd-profiles/,
    ],
    [
      'multi-hop inside one AS',
      'peers: [{peer-asn: 1, my-asn: 1, peer-address: 10.0.0.1, ebgp-multihop: true}]',
      /ebgp-multihop: cannot be set between speakers of one AS/,
    ],
    ['a hold time without unit', peers('  hold-time: 90'), /hold-time: "90" has no unit: write 90s/],
    ['a hold time of two seconds', peers('  hold-time: 2s'), /hold-time: must be 0s, or from 3s/],
    [
      'a keepalive longer than the hold time',
      peers('  hold-time: 9s', '  keepalive-time: 10s'),
      /keepalive-time: must not be longer/,
    ],
    ['a port that no object can have', peers('  peer-port: 20000'), /peer-port: must be from 1 to 16384/],
    [
      'a node selector with a bad operator',
      peers('  node-selectors: [{match-expressions: [{key: a, operator: Is, values: [b]}]}]'),
      /^peers\[0\].node-selectors\[0\].match-expressions\[0\].operator: must be one of/,
    ],
    [
      'two BFD profiles of one name',
      'bfd-profiles: [{name: a}, {name: a}]',
      /^bfd-profiles\[1\].name: "a" is the name of two profiles/,
    ],
    [
      'a BFD interval too short',
      'bfd-profiles: [{name: a, receive-interval: 9}]',
      /receive-interval: must be from 10 to 60000/,
    ],
  ];
  for (const [says, text, complaint] of refused) {
    it(`refuses ${says}`, async () => {
      const lines = await complaints(text);
      assert.equal(lines.length, 1, lines.join('\n'));
      assert.match(lines[0] ?? '', complaint);
    });
  }

  it('finds everything that is wrong with a text at once', async () => {
    const lines = await complaints(
      `${peers('  bfdProfile: x', '  ebgp-multihop: maybe')}\n${pools('- name: a', '  protocol: l2', '  addresses: [x]')}`,
    );
    assert.deepEqual(
      lines.map((line) => line.split(': ')[0]),
      [
        'peers[0].ebgp-multihop',
        'peers[0].bfdProfile',
        'address-pools[0].addresses[0]',
        'address-pools[0].protocol',
      ],
    );
  });

  it('is not filled up by aliases of aliases', async () => {
    const levels = Array.from(
      { length: 20 },
      (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(', ')}]`,
    );
    const lines = await complaints(['l0: &l0 x', ...levels].join('\n'));
    assert.match(lines[0] ?? '', /^is not YAML that can be read: /);
  });

  it('never throws on a text that was cut, doubled or scrambled', async () => {
    const good = `${peers('  hold-time: 90s', '  node-selectors: [{match-labels: {a: b}}]')}\n${pools(...bgp, '  bgp-advertisements: [{localpref: 1}]')}\n`;
    const texts: string[] = [];
    underSeeds(20, 500, (random) => {
      for (let round = 0; round < 20; round++) {
        let text = good;
        for (let times = random.below(3); times >= 0; times--) {
          const at = random.below(text.length);
          const piece = text.slice(at, at + random.below(12));
          text = random.pick([
            text.slice(0, at) + text.slice(at + piece.length),
            text.slice(0, at) + piece + text.slice(at),
            text.slice(0, at) +
              random.pick(['[', '}', ': ', '\n', '"', '&a ', '*a', '- ', '|', '!!int ', '\u0000']) +
              text.slice(at),
          ]);
        }
        texts.push(text);
      }
    });
    for (const text of texts) {
      const config = await parseLegacy(text);
      if (!config.ok)
        assert.ok(config.error.length > 0 && config.error.every(({ message }) => message !== ''), text);
    }
  });
});

describe('legacyText', () => {
  const rows: readonly [says: string, configMap: unknown, text: string | RegExp][] = [
    ['the key config', { data: { config: 'peers: []' } }, 'peers: []'],
    ['no data', { metadata: { name: 'config' } }, /^data.config: is required: the ConfigMap holds no data$/],
    ['another key', { data: { 'other.yaml': 'x' } }, /^data.config: is required: found "other.yaml"$/],
    ['a key misspelled', { data: { cofnig: 'x' } }, /did you mean "cofnig" to be it/],
    ['no text', { data: { config: { peers: [] } } }, /^data.config: must be a text, not an object$/],
    ['rubbish', 'x', /^data.config: is required/],
  ];
  for (const [says, configMap, wanted] of rows) {
    it(says, () => {
      const text = legacyText(configMap);
      if (typeof wanted === 'string') assert.deepEqual(text, { ok: true, value: wanted });
      else assert.match(text.ok ? '' : text.error.map(formatIssue).join(), wanted);
    });
  }
});
