/** Which packets of neighbour discovery claim an owned address for another host (RFC 4861 7.1.2, RFC 4862 5.4). */
import { describe } from 'node:test';
import { ASKER, advertisement, linkLayerOption, OTHER, solicitation, US } from './support/frames.ts';
import { testFrames } from './support/verdict-rows.ts';

const ANSWER = `2001:db8::10: ${US} > ${ASKER} NA 2001:db8::10 > fe80::1 hop 255 2001:db8::10 [SO] 02010200000000aa`;

describe('a packet of neighbour discovery that claims an owned address', () => {
  testFrames([
    ['an unsolicited advertisement', advertisement(), `${ASKER} announces 2001:db8::10`],
    ['one without override', advertisement({ flags: 0 }), `${ASKER} announces 2001:db8::10`],
    ['one of a router', advertisement({ flags: 0xa0 }), `${ASKER} announces 2001:db8::10`],
    [
      'one from the address itself',
      advertisement({ source: '2001:db8::10' }),
      `${ASKER} announces 2001:db8::10`,
    ],
    [
      'the MAC of the claim is the one of its option',
      advertisement({ from: OTHER, options: linkLayerOption(2, ASKER) }),
      `${ASKER} announces 2001:db8::10`,
    ],
    [
      'without an option it is the frame’s sender',
      advertisement({ options: [] }),
      `${ASKER} announces 2001:db8::10`,
    ],
    [
      'a solicited advertisement to this node',
      advertisement({ destination: 'fe80::aa', flags: 0x60 }),
      `${ASKER} uses 2001:db8::10`,
    ],
    [
      'an address that is probed: somebody has it',
      advertisement({ target: '2001:db8::12' }),
      `${ASKER} announces 2001:db8::12`,
    ],
    [
      'an address that is answered for elsewhere alone: no claim here',
      advertisement({ target: '2001:db8::13' }),
      'reply',
    ],
    [
      'a solicitation for somebody else from an owned address',
      solicitation({ source: '2001:db8::10', target: '2001:db8::99' }),
      `${ASKER} uses 2001:db8::10`,
    ],
    [
      'a solicitation for one of ours from another of ours is answered as well',
      solicitation({ source: '2001:db8::11' }),
      `${ASKER} uses 2001:db8::11; ${ANSWER.replace('> fe80::1', '> 2001:db8::11')}`,
    ],
    [
      'a solicitation from the address that it asks for',
      solicitation({ source: '2001:db8::10' }),
      `${ASKER} uses 2001:db8::10`,
    ],
    ['about an address that is not owned: no claim', advertisement({ target: '2001:db8::99' }), 'reply'],
    [
      'solicited, to a group: discarded (RFC 4861 7.1.2)',
      advertisement({ flags: 0x60 }),
      'solicited to a group',
    ],
    ['hop limit 254: discarded', advertisement({ hopLimit: 254 }), 'hop limit'],
    ['a wrong checksum: discarded', advertisement({ checksumError: 5 }), 'checksum'],
    ['a multicast target: discarded', advertisement({ target: 'ff02::10' }), 'group target'],
    ['code 1: discarded', advertisement({ code: 1 }), 'ICMP code'],
    ['an option of length 0: discarded', advertisement({ options: [2, 0, 0, 0, 0, 0, 0, 0] }), 'option'],
    [
      'with our MAC as its option: forged',
      advertisement({ options: linkLayerOption(2, US) }),
      'impossible sender',
    ],
    [
      'with a multicast MAC: forged',
      advertisement({ options: linkLayerOption(2, '33:33:00:00:00:01') }),
      'impossible sender',
    ],
    ['our own announcement, come back', advertisement({ from: US }), 'own frame'],
    ['in another VLAN', advertisement(), 'other VLAN', { vlanTag: 10 }],
  ]);
});
