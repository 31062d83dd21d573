/** Which packets of neighbour discovery are answered, and how (RFC 4861, RFC 4862). */
import { describe } from 'node:test';
import {
  ASKER,
  linkLayerOption,
  OTHER,
  solicitation,
  solicitedNode,
  US,
  ZERO_MAC,
} from './support/frames.ts';
import { testFrames } from './support/verdict-rows.ts';

const OPTION = '02010200000000aa';
const ANSWER = `2001:db8::10: ${US} > ${ASKER} NA 2001:db8::10 > fe80::1 hop 255 2001:db8::10 [SO] ${OPTION}`;
const TO_ALL = `2001:db8::10: ${US} > 33:33:00:00:00:01 NA 2001:db8::10 > ff02::1 hop 255 2001:db8::10 [O] ${OPTION}`;

const NONCE = [14, 1, 1, 2, 3, 4, 5, 6];
const DETECTION = { source: '::', options: [] };

describe('a neighbour solicitation', () => {
  testFrames([
    ['to the group of an owned address is answered from that address', solicitation(), ANSWER],
    [
      'to the address itself, as a neighbour that is checked, is answered',
      solicitation({ destination: '2001:db8::10' }),
      ANSWER,
    ],
    [
      'to the address without an option is answered to the frame’s sender',
      solicitation({ destination: '2001:db8::10', options: [] }),
      ANSWER,
    ],
    [
      'to the group without an option is answered to the frame’s sender',
      solicitation({ options: [] }),
      ANSWER,
    ],
    ['to all nodes is answered', solicitation({ destination: 'ff02::1' }), ANSWER],
    [
      'for another owned address is answered with that one',
      solicitation({ target: '2001:db8::11' }),
      ANSWER.replaceAll('2001:db8::10', '2001:db8::11'),
    ],
    [
      'from a global address is answered to it',
      solicitation({ source: '2001:db8::1' }),
      ANSWER.replace('fe80::1', '2001:db8::1'),
    ],
    ['to the group in a frame to our MAC is answered (RFC 6085)', solicitation({ to: US }), ANSWER],
    [
      'whose option names another MAC than its frame is answered to that one',
      solicitation({ from: OTHER, options: linkLayerOption(1, ASKER) }),
      ANSWER,
    ],
    [
      'with an unknown option is answered',
      solicitation({ options: [...linkLayerOption(1, ASKER), 200, 1, 0, 0, 0, 0, 0, 0] }),
      ANSWER,
    ],
    [
      'with an unknown option before the known one is answered',
      solicitation({ options: [200, 2, ...Array<number>(14).fill(0), ...linkLayerOption(1, ASKER)] }),
      ANSWER,
    ],
    [
      'with two link-layer addresses is answered to the first',
      solicitation({ options: [...linkLayerOption(1, ASKER), ...linkLayerOption(1, OTHER)] }),
      ANSWER,
    ],
    [
      'with a target link-layer option is answered as if without',
      solicitation({ options: linkLayerOption(2, OTHER) }),
      ANSWER,
    ],
    ['with padding behind the packet is answered', solicitation({ padTo: 200 }), ANSWER],
    [
      'for an address that nobody owns here is left alone',
      solicitation({ target: '2001:db8::99' }),
      'not owned',
    ],
    [
      'for an address of the same group is left alone',
      solicitation({ target: '2001:db8:1::10', destination: solicitedNode('2001:db8::10') }),
      'not owned',
    ],
    [
      'for an address that is still probed is left alone',
      solicitation({ target: '2001:db8::12' }),
      'probing',
    ],
    [
      'for an address that may not be answered for here is left alone',
      solicitation({ target: '2001:db8::13' }),
      'not here',
    ],
    [
      'to the group of another address is left alone',
      solicitation({ destination: solicitedNode('2001:db8::99') }),
      'other destination',
    ],
    [
      'to another address of the node is left alone',
      solicitation({ destination: 'fe80::aa' }),
      'other destination',
    ],
    ['to all routers is left alone', solicitation({ destination: 'ff02::2' }), 'other destination'],
    ['to another host is left alone', solicitation({ to: OTHER }), 'other host'],
    [
      'that the kernel found to be for others is left alone',
      solicitation(),
      'other host',
      { isForAnotherHost: true },
    ],
    [
      'to a multicast MAC of another group is left alone',
      solicitation({ to: '33:33:ff:00:00:99' }),
      'group destination',
    ],
    ['to the broadcast MAC is left alone', solicitation({ to: 'ff:ff:ff:ff:ff:ff' }), 'group destination'],
    [
      'to one address in a frame to a group is left alone',
      solicitation({ destination: '2001:db8::10', to: '33:33:ff:00:00:10' }),
      'group destination',
    ],
    ['that we sent, and the segment brings back, is left alone', solicitation({ from: US }), 'own frame'],
    [
      'whose option has our MAC is left alone: it is forged',
      solicitation({ options: linkLayerOption(1, US) }),
      'impossible sender',
    ],
    [
      'whose option has a multicast MAC is left alone',
      solicitation({ options: linkLayerOption(1, '33:33:00:00:00:01') }),
      'impossible sender',
    ],
    [
      'whose option has the broadcast MAC is left alone',
      solicitation({ options: linkLayerOption(1, 'ff:ff:ff:ff:ff:ff') }),
      'impossible sender',
    ],
    [
      'whose option has the MAC 0 is left alone',
      solicitation({ options: linkLayerOption(1, ZERO_MAC) }),
      'impossible sender',
    ],
    ['from a multicast MAC is left alone', solicitation({ from: '33:33:00:00:00:05' }), 'impossible sender'],
    ['from the MAC 0 is left alone', solicitation({ from: ZERO_MAC }), 'impossible sender'],
    ['from the loopback address is left alone', solicitation({ source: '::1' }), 'impossible sender'],
  ]);
});

describe('a solicitation that RFC 4861 7.1.1 discards', () => {
  testFrames([
    ['hop limit 254: it came through a router', solicitation({ hopLimit: 254 }), 'hop limit'],
    ['hop limit 64', solicitation({ hopLimit: 64 }), 'hop limit'],
    ['hop limit 0', solicitation({ hopLimit: 0 }), 'hop limit'],
    ['a checksum that is one too high', solicitation({ checksumError: 1 }), 'checksum'],
    ['a checksum that is one too low', solicitation({ checksumError: -1 }), 'checksum'],
    ['code 1', solicitation({ code: 1 }), 'ICMP code'],
    ['23 octets', solicitation({ options: [], lengthError: -1 }), 'payload length'],
    ['a payload of 0 octets', solicitation({ options: [], lengthError: -24 }), 'payload length'],
    ['a payload that is longer than the frame', solicitation({ lengthError: 1, padTo: 0 }), 'payload length'],
    [
      'a payload that takes padding along has another checksum',
      solicitation({ lengthError: 8, padTo: 100 }),
      'checksum',
    ],
    ['an option of length 0', solicitation({ options: [1, 0, 2, 0, 0, 0, 0, 1] }), 'option'],
    ['an unknown option of length 0', solicitation({ options: [200, 0, 0, 0, 0, 0, 0, 0] }), 'option'],
    [
      'a second option of length 0',
      solicitation({ options: [...linkLayerOption(1, ASKER), 200, 0, 0, 0, 0, 0, 0, 0] }),
      'option',
    ],
    [
      'an option that is longer than the packet',
      solicitation({ options: [1, 2, 2, 0, 0, 0, 0, 1] }),
      'option',
    ],
    [
      'a link-layer option of two units',
      solicitation({ options: [1, 2, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0] }),
      'option',
    ],
    ['half an option', solicitation({ options: [1, 1, 2, 0] }), 'option'],
    ['one octet of an option', solicitation({ options: [1] }), 'option'],
    ['a multicast target', solicitation({ target: 'ff02::10', destination: 'ff02::1' }), 'group target'],
    ['a multicast source', solicitation({ source: 'ff02::5' }), 'group source'],
    [
      'from :: to the address itself',
      solicitation({ ...DETECTION, destination: '2001:db8::10' }),
      'unspecified source',
    ],
    ['from :: to all nodes', solicitation({ ...DETECTION, destination: 'ff02::1' }), 'unspecified source'],
    ['from :: with a link-layer address', solicitation({ source: '::' }), 'unspecified source'],
  ]);
});

describe('duplicate address detection', () => {
  testFrames([
    ['for an owned address is answered to all nodes, not as solicited', solicitation(DETECTION), TO_ALL],
    ['with a nonce (RFC 7527) is answered', solicitation({ ...DETECTION, options: NONCE }), TO_ALL],
    [
      'for an address that nobody owns here is left alone',
      solicitation({ ...DETECTION, target: '2001:db8::99' }),
      'not owned',
    ],
    [
      'for an address that is probed here, too, is a claim (RFC 4862 5.4.3)',
      solicitation({ ...DETECTION, target: '2001:db8::12' }),
      `${ASKER} uses 2001:db8::12`,
    ],
    [
      'for an address that may not be answered for here is left alone',
      solicitation({ ...DETECTION, target: '2001:db8::13' }),
      'not here',
    ],
    [
      'of our own, come back, is left alone',
      solicitation({ ...DETECTION, from: US, target: '2001:db8::12' }),
      'own frame',
    ],
  ]);
});

describe('an IPv6 packet that is none of neighbour discovery', () => {
  testFrames([
    ['a router solicitation', solicitation({ icmpType: 133 }), 'ICMP type'],
    ['a router advertisement', solicitation({ icmpType: 134 }), 'ICMP type'],
    ['a redirect', solicitation({ icmpType: 137 }), 'ICMP type'],
    ['an echo request', solicitation({ icmpType: 128 }), 'ICMP type'],
    ['TCP', solicitation({ nextHeader: 6 }), 'next header'],
    ['a fragment (RFC 6980)', solicitation({ nextHeader: 44 }), 'next header'],
    ['hop-by-hop options', solicitation({ nextHeader: 0 }), 'next header'],
    ['IP version 4', solicitation({ version: 4 }), 'IP version'],
    ['IP version 0', solicitation({ version: 0 }), 'IP version'],
    ['one octet less than a solicitation', solicitation({ options: [], cutTo: 77 }), 'too short'],
    ['an IPv6 header alone', solicitation({ cutTo: 54 }), 'too short'],
    ['an Ethernet header alone', solicitation({ cutTo: 14 }), 'too short'],
  ]);
});

describe('a solicitation of a VLAN', () => {
  testFrames([
    ['a tag that the kernel took off: left alone', solicitation(), 'other VLAN', { vlanTag: 10 }],
    ['VLAN 0: answered', solicitation(), ANSWER, { vlanTag: 0xe000 }],
    ['a tag in the frame: left alone', solicitation({ tags: [[0x8100, 10]] }), 'other VLAN'],
    ['a priority in the frame: answered', solicitation({ tags: [[0x8100, 0x2000]] }), ANSWER],
  ]);
});
