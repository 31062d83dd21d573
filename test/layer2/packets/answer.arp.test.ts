/** Which ARP frames are answered, and how (RFC 826, RFC 5227, IEEE 802.1Q). */
import { describe } from 'node:test';
import { type ArpFields, ASKER, arp, OTHER, US, ZERO_MAC } from './support/frames.ts';
import { testFrames } from './support/verdict-rows.ts';

const REPLY = `192.0.2.10: ${US} > ${ASKER} reply 192.0.2.10 is ${US}, to 192.0.2.1 at ${ASKER}, 60 octets`;

/** A packet whose sender and target are one address. */
const gratuitous = (address: string, fields: ArpFields = {}): Uint8Array =>
  arp({ sender: address, target: address, ...fields });

describe('an ARP request', () => {
  testFrames([
    ['to all hosts for an owned address is answered', arp(), REPLY],
    ['to our MAC address, as a neighbour that is checked, is answered', arp({ to: US }), REPLY],
    [
      'for another owned address is answered with that one',
      arp({ target: '192.0.2.11' }),
      REPLY.replaceAll('192.0.2.10', '192.0.2.11'),
    ],
    ['without padding is answered', arp({ padTo: 0 }), REPLY],
    ['with more padding than needed is answered', arp({ padTo: 128 }), REPLY],
    ['of a full frame is answered', arp({ padTo: 1514 }), REPLY],
    ['with any target MAC is answered: the field has no meaning', arp({ targetMac: OTHER }), REPLY],
    ['with our own MAC as its target is answered', arp({ targetMac: US }), REPLY],
    ['of hardware type 6 is answered with type 1, as Linux does', arp({ hardware: 6 }), REPLY],
    [
      'that names another MAC than its frame is answered to the one that it names (RFC 826)',
      arp({ from: OTHER, senderMac: ASKER }),
      REPLY,
    ],
    [
      'from an address outside of the subnet is answered: the asker knows its routes',
      arp({ sender: '198.51.100.7' }),
      REPLY.replace('to 192.0.2.1 ', 'to 198.51.100.7 '),
    ],
    [
      'that probes, from 0.0.0.0, is answered (RFC 5227 2.1.1)',
      arp({ sender: '0.0.0.0' }),
      REPLY.replace('to 192.0.2.1 ', 'to 0.0.0.0 '),
    ],
    [
      'that probes to our MAC address is answered',
      arp({ sender: '0.0.0.0', to: US }),
      REPLY.replace('to 192.0.2.1 ', 'to 0.0.0.0 '),
    ],
    ['for an address that nobody owns here is left alone', arp({ target: '192.0.2.99' }), 'not owned'],
    ['for 0.0.0.0 is left alone', arp({ target: '0.0.0.0' }), 'not owned'],
    ['for the broadcast address is left alone', arp({ target: '255.255.255.255' }), 'not owned'],
    ['for a multicast address is left alone', arp({ target: '224.0.0.18' }), 'not owned'],
    ['for an address that is still probed is left alone', arp({ target: '192.0.2.12' }), 'probing'],
    [
      'for an address that may not be answered for here is left alone',
      arp({ target: '192.0.2.13' }),
      'not here',
    ],
    ['to another host is left alone', arp({ to: OTHER }), 'other host'],
    ['to a multicast MAC is left alone', arp({ to: '01:00:5e:00:00:fb' }), 'group destination'],
    ['to a multicast MAC of IPv6 is left alone', arp({ to: '33:33:00:00:00:01' }), 'group destination'],
    ['that the kernel found to be for others is left alone', arp(), 'other host', { isForAnotherHost: true }],
    ['that we sent, and the segment brings back, is left alone', arp({ from: US }), 'own frame'],
    ['with our MAC as its sender is left alone: it is forged', arp({ senderMac: US }), 'impossible sender'],
    ['from the MAC 0 is left alone', arp({ from: ZERO_MAC, senderMac: ASKER }), 'impossible sender'],
    [
      'from a multicast MAC is left alone',
      arp({ from: '01:00:5e:00:00:01', senderMac: ASKER }),
      'impossible sender',
    ],
    ['with sender MAC 0 is left alone', arp({ senderMac: ZERO_MAC }), 'impossible sender'],
    [
      'with a multicast MAC as its sender is left alone',
      arp({ senderMac: '03:00:00:00:00:01' }),
      'impossible sender',
    ],
    [
      'with the broadcast MAC as its sender is left alone',
      arp({ senderMac: 'ff:ff:ff:ff:ff:ff' }),
      'impossible sender',
    ],
    ['from a multicast IP address is left alone', arp({ sender: '224.0.0.1' }), 'impossible sender'],
    ['from the broadcast IP address is left alone', arp({ sender: '255.255.255.255' }), 'impossible sender'],
    ['from a loopback address is left alone', arp({ sender: '127.0.0.1' }), 'impossible sender'],
  ]);
});

describe('an ARP packet of another form', () => {
  testFrames([
    ['a reply to our MAC about somebody else is left alone', arp({ operation: 2, to: US }), 'reply'],
    ['a reply to all hosts about somebody else is left alone', arp({ operation: 2 }), 'reply'],
    ['a reverse request (RFC 903) is left alone', arp({ operation: 3 }), 'operation'],
    ['a reverse reply is left alone', arp({ operation: 4 }), 'operation'],
    ['an inverse request (RFC 2390) is left alone', arp({ operation: 8 }), 'operation'],
    ['operation 0 is left alone', arp({ operation: 0 }), 'operation'],
    ['operation 257 is left alone: both octets count', arp({ operation: 257 }), 'operation'],
    ['hardware type 0 is left alone', arp({ hardware: 0 }), 'hardware type'],
    ['hardware type 32, InfiniBand, is left alone', arp({ hardware: 32 }), 'hardware type'],
    ['hardware type 256 is left alone', arp({ hardware: 256 }), 'hardware type'],
    ['protocol IPv6 is left alone', arp({ protocol: 0x86dd }), 'protocol type'],
    ['protocol 0 is left alone', arp({ protocol: 0 }), 'protocol type'],
    ['hardware addresses of 8 octets are left alone', arp({ lengths: [8, 4] }), 'address length'],
    ['hardware addresses of 0 octets are left alone', arp({ lengths: [0, 4] }), 'address length'],
    ['protocol addresses of 16 octets are left alone', arp({ lengths: [6, 16] }), 'address length'],
    ['protocol addresses of 0 octets are left alone', arp({ lengths: [6, 0] }), 'address length'],
    ['27 octets are one too few', arp({ cutTo: 41 }), 'too short'],
    ['28 octets are enough', arp({ cutTo: 42 }), REPLY],
    ['a packet that ends in its header is left alone', arp({ cutTo: 20 }), 'too short'],
    ['a frame without a packet is left alone', arp({ cutTo: 14 }), 'too short'],
    ['a frame that ends in its header is left alone', arp({ cutTo: 13 }), 'too short'],
    ['a frame of 6 octets is left alone', arp({ cutTo: 6 }), 'too short'],
    ['a frame of 1 octet is left alone', arp({ cutTo: 1 }), 'too short'],
    ['an empty frame is left alone', arp({ cutTo: 0 }), 'too short'],
  ]);
});

describe('an ARP packet of a VLAN', () => {
  testFrames([
    ['a tag that the kernel took off, with an ID: left alone', arp(), 'other VLAN', { vlanTag: 10 }],
    ['the highest ID: left alone', arp(), 'other VLAN', { vlanTag: 0xfff }],
    ['with an ID and a priority: left alone', arp(), 'other VLAN', { vlanTag: 0xe00a }],
    ['VLAN 0 is a priority alone: answered, without a tag', arp(), REPLY, { vlanTag: 0xe000 }],
    ['the tag 0: answered', arp(), REPLY, { vlanTag: 0 }],
    ['no tag: answered', arp(), REPLY],
    ['a tag in the frame: left alone', arp({ tags: [[0x8100, 10]] }), 'other VLAN'],
    ['a tag with a priority in the frame: answered', arp({ tags: [[0x8100, 0xa000]] }), REPLY],
    ['a tag of a provider: left alone', arp({ tags: [[0x88a8, 10]] }), 'other VLAN'],
    [
      'the inner one of two tags counts if the outer one is a priority',
      arp({
        tags: [
          [0x88a8, 0],
          [0x8100, 10],
        ],
      }),
      'other VLAN',
    ],
    [
      'one taken off and one in the frame: left alone',
      arp({ tags: [[0x8100, 0]] }),
      'other VLAN',
      { vlanTag: 10 },
    ],
    ['a frame that ends in its tag: left alone', arp({ tags: [[0x8100, 0]], cutTo: 16 }), 'too short'],
    ['a frame that ends behind its tag: left alone', arp({ tags: [[0x8100, 0]], cutTo: 17 }), 'too short'],
    ['a claim in another VLAN is none here', gratuitous('192.0.2.10'), 'other VLAN', { vlanTag: 10 }],
  ]);
});

describe('a frame that is no ARP', () => {
  testFrames([
    ['IPv4', arp({ type: 0x0800 }), 'EtherType'],
    ['LLDP', arp({ type: 0x88cc }), 'EtherType'],
    ['a length instead of a type (IEEE 802.3)', arp({ type: 46 }), 'EtherType'],
    ['RARP', arp({ type: 0x8035 }), 'EtherType'],
  ]);
});

describe('an ARP packet that claims an owned address', () => {
  testFrames([
    ['a gratuitous request', gratuitous('192.0.2.10'), `${ASKER} announces 192.0.2.10`],
    ['a gratuitous reply', gratuitous('192.0.2.10', { operation: 2 }), `${ASKER} announces 192.0.2.10`],
    [
      'a gratuitous reply with a broadcast MAC as its target',
      gratuitous('192.0.2.10', { operation: 2, targetMac: 'ff:ff:ff:ff:ff:ff' }),
      `${ASKER} announces 192.0.2.10`,
    ],
    [
      'a gratuitous request to our MAC address alone',
      gratuitous('192.0.2.10', { to: US }),
      `${ASKER} announces 192.0.2.10`,
    ],
    [
      'the MAC of the claim is the one in the packet',
      gratuitous('192.0.2.10', { from: OTHER, senderMac: ASKER }),
      `${ASKER} announces 192.0.2.10`,
    ],
    [
      'a request for somebody else from an owned address',
      arp({ sender: '192.0.2.10', target: '192.0.2.99' }),
      `${ASKER} uses 192.0.2.10`,
    ],
    [
      'a request for one of ours from another of ours is answered as well',
      arp({ sender: '192.0.2.11' }),
      `${ASKER} uses 192.0.2.11; ${REPLY.replace('to 192.0.2.1 ', 'to 192.0.2.11 ')}`,
    ],
    [
      'a reply from an owned address',
      arp({ operation: 2, sender: '192.0.2.10', target: '192.0.2.99', to: US }),
      `${ASKER} uses 192.0.2.10`,
    ],
    ['an address that is probed: somebody has it', gratuitous('192.0.2.12'), `${ASKER} announces 192.0.2.12`],
    [
      'a reply to our probe',
      arp({ operation: 2, sender: '192.0.2.12', target: '0.0.0.0', to: US, targetMac: US }),
      `${ASKER} uses 192.0.2.12`,
    ],
    [
      'a probe for an address that we probe, too',
      arp({ sender: '0.0.0.0', target: '192.0.2.12' }),
      `${ASKER} uses 192.0.2.12`,
    ],
    ['an address that is answered for elsewhere alone: no claim here', gratuitous('192.0.2.13'), 'not here'],
    ['an address that is not owned is no claim', gratuitous('192.0.2.99'), 'not owned'],
    ['nor is a reply about it', gratuitous('192.0.2.99', { operation: 2 }), 'reply'],
    [
      'a claim with a multicast MAC is forged',
      gratuitous('192.0.2.10', { senderMac: '01:00:5e:00:00:01' }),
      'impossible sender',
    ],
    ['our own announcement, come back', gratuitous('192.0.2.10', { from: US }), 'own frame'],
    [
      'our own announcement, sent on by another device',
      gratuitous('192.0.2.10', { senderMac: US }),
      'impossible sender',
    ],
    ['a claim in a frame for another host', gratuitous('192.0.2.10', { to: OTHER }), 'other host'],
  ]);
});
