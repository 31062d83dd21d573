import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatIssue } from '../../../src/config/issue.ts';
import { extractLegacyText, parseLegacyConfig } from '../../../src/config/legacy/legacy-config.ts';
import { underSeeds } from '../../support/random.ts';

const issueLines = async (text: string): Promise<readonly string[]> => {
  const config = await parseLegacyConfig(text);
  return config.ok ? [] : config.error.map(formatIssue);
};

const pools = (...lines: readonly string[]): string => ['address-pools:', ...lines].join('\n');
const peers = (...lines: readonly string[]): string =>
  ['peers:', '- my-asn: 64512', '  peer-asn: 64513', '  peer-address: 10.0.0.1', ...lines].join('\n');
const bgp = ['- name: a', '  protocol: bgp', '  addresses: [10.0.0.0/24]'];

describe('parseLegacyConfig', () => {
  it('reads every feature', async () => {
    const config = await parseLegacyConfig(`
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

  it('has the defaults of MetalLB for advertisements and peers', async () => {
    const config = await parseLegacyConfig(`${peers()}\n${pools(...bgp)}`);
    assert.ok(config.ok);
    assert.equal(config.value.pools[0]?.advertisements.length, 1);
    const { peerPort, holdTime, keepaliveTime, ebgpMultiHop } = config.value.peers[0] ?? assert.fail();
    assert.deepEqual([peerPort, holdTime, keepaliveTime, ebgpMultiHop], [179, 90_000, null, false]);
  });

  it('finds all errors of a text at once', async () => {
    const lines = await issueLines(
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

  it('limits the expansion of aliases', async () => {
    const levels = Array.from(
      { length: 20 },
      (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(', ')}]`,
    );
    const lines = await issueLines(['l0: &l0 x', ...levels].join('\n'));
    assert.match(lines[0] ?? '', /^is not YAML that can be read: /);
  });

  it('never throws on a text that was truncated, doubled or shuffled', async () => {
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
      const config = await parseLegacyConfig(text);
      if (!config.ok)
        assert.ok(config.error.length > 0 && config.error.every(({ message }) => message !== ''), text);
    }
  });
});

describe('extractLegacyText', () => {
  const rows: readonly [says: string, configMap: unknown, text: string | RegExp][] = [
    ['the key config', { data: { config: 'peers: []' } }, 'peers: []'],
    ['no data', { metadata: { name: 'config' } }, /^data.config: is required: the ConfigMap holds no data$/],
    ['another key', { data: { 'other.yaml': 'x' } }, /^data.config: is required: found "other.yaml"$/],
    ['a misspelled key', { data: { cofnig: 'x' } }, /did you mean "cofnig" to be it/],
    ['no text', { data: { config: { peers: [] } } }, /^data.config: must be a text, not an object$/],
    ['rubbish', 'x', /^data.config: is required/],
  ];
  for (const [says, configMap, wanted] of rows) {
    it(says, () => {
      const text = extractLegacyText(configMap);
      if (typeof wanted === 'string') assert.deepEqual(text, { ok: true, value: wanted });
      else assert.match(text.ok ? '' : text.error.map(formatIssue).join(), wanted);
    });
  }
});
