import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatIssue } from '../../../src/config/issue.ts';
import { parseLegacyConfig } from '../../../src/config/legacy/legacy-config.ts';

const issueLines = async (text: string): Promise<readonly string[]> => {
  const config = await parseLegacyConfig(text);
  return config.ok ? [] : config.error.map(formatIssue);
};

const pools = (...lines: readonly string[]): string => ['address-pools:', ...lines].join('\n');
const peers = (...lines: readonly string[]): string =>
  ['peers:', '- my-asn: 64512', '  peer-asn: 64513', '  peer-address: 10.0.0.1', ...lines].join('\n');
const layer2 = ['- name: a', '  protocol: layer2', '  addresses: [10.0.0.0/24]'];
const bgp = ['- name: a', '  protocol: bgp', '  addresses: [10.0.0.0/24]'];

describe('parseLegacyConfig, one error at a time', () => {
  const refused: readonly [says: string, text: string, complaint: RegExp][] = [
    ['an empty text', '', /^is empty/],
    ['comments alone', '# nothing\n', /^is empty/],
    ['a list', '- a', /^must be an object, not a list/],
    ['prose', 'give me addresses', /^must be an object, not the text "give me/],
    [
      'a text that is not YAML',
      'address-pools:\n- name: a\n protocol: bgp\n',
      /^is not YAML at line 3, column \d+: /,
    ],
    ['a duplicate key', 'peers: []\npeers: []', /^is not YAML at line 2, column 1: /],
    ['an alias without an anchor', 'peers: *gone', /^is not YAML that can be read: /],
    ['tabs as indentation', 'address-pools:\n\t- name: a', /^is not YAML at line 2/],
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
      'a pool without addresses',
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
      'a protocol in upper case',
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
      'advertisements in a layer 2 pool',
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
      'an undefined alias',
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
      /^peers\[0\].peer-asn: must not be 0, which is reserved/,
    ],
    [
      'AS_TRANS',
      'peers: [{peer-asn: 1, my-asn: 23456, peer-address: 10.0.0.1}]',
      /^peers\[0\].my-asn: must not be 23456/,
    ],
    [
      'a multicast address of a peer',
      'peers: [{peer-asn: 1, my-asn: 2, peer-address: 224.0.0.1}]',
      /^peers\[0\].peer-address: "224.0.0.1" is a multicast address/,
    ],
    [
      'a router ID of zeros',
      peers('  router-id: 0.0.0.0'),
      /^peers\[0\].router-id: "0.0.0.0" must not be 0.0.0.0/,
    ],
    [
      'addresses that no Service can have',
      pools(...bgp.map((line) => line.replace(/addresses:.*/, 'addresses: [127.0.0.0/24]'))),
      /^address-pools\[0\].addresses\[0\]: "127.0.0.0\/24" contains loopback addresses/,
    ],
    [
      'a peer address that is a name',
      'peers: [{peer-asn: 1, my-asn: 2, peer-address: router}]',
      /^peers\[0\].peer-address: "router" /,
    ],
    [
      'the BFD key as spelled in the example of MetalLB',
      peers('  bfdProfile: x'),
      /^peers\[0\].bfdProfile: is not a known field: did you mean "bfd-profile"/,
    ],
    [
      'an undefined BFD profile',
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
    ['a port above the limit of BGPPeer', peers('  peer-port: 20000'), /peer-port: must be from 1 to 16384/],
    [
      'a node selector with an unknown operator',
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
      const lines = await issueLines(text);
      assert.equal(lines.length, 1, lines.join('\n'));
      assert.match(lines[0] ?? '', complaint);
    });
  }
});
