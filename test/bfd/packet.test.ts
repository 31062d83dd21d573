/** Control packets on the wire (RFC 5880 4.1 and 6.8.6). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type ControlPacket,
  decodePacket,
  encodePacket,
  type MalformedPacket,
} from '../../src/bfd/packet.ts';
import { METICULOUS, remotePacket } from './support/harness.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

/** Up, with P, 3 × 300 ms; what the RFC's figure says, field by field. */
const UP_POLL = bytes('20 e0 03 18  00000007  00000009  000493e0  0000c350  00000000');

const PACKET: ControlPacket = {
  diagnostic: 'none',
  state: 'Up',
  poll: true,
  final: false,
  demand: false,
  detectMultiplier: 3,
  myDiscriminator: 7,
  yourDiscriminator: 9,
  desiredMinTx: 300,
  requiredMinRx: 50,
};

const signed = remotePacket({}, { authentication: METICULOUS, sequence: 1 });

const with_ = (at: number, value: number, octets = UP_POLL): Uint8Array =>
  octets.map((octet, index) => (index === at ? value : octet));

const decodes: readonly (readonly [rule: string, octets: Uint8Array, packet: Partial<ControlPacket>])[] = [
  ['all fields', UP_POLL, PACKET],
  ['the state AdminDown', with_(1, 0x00), { state: 'AdminDown', poll: false }],
  ['the state Down', with_(1, 0x40), { state: 'Down' }],
  ['the state Init', with_(1, 0x80), { state: 'Init' }],
  ['F', with_(1, 0xd0), { final: true, poll: false }],
  ['D', with_(1, 0xc2), { demand: true }],
  ['C, which has no effect', with_(1, 0xc8), { state: 'Up', poll: false }],
  ['a diagnostic', with_(0, 0x23), { diagnostic: 'neighbor-signaled-down' }],
  ['a diagnostic that is reserved', with_(0, 0x3f), { diagnostic: 'reserved' }],
  ['octets behind the packet, which have no effect', Uint8Array.of(...UP_POLL, 1, 2, 3), PACKET],
  [
    'no discriminator of ours, from a remote that is Down',
    bytes('20 40 03 18 00000007 00000000 000f4240 000f4240 00000000'),
    { yourDiscriminator: 0 },
  ],
  [
    'no discriminator of ours, from a remote that is AdminDown',
    bytes('20 00 03 18 00000007 00000000 000f4240 000f4240 00000000'),
    { yourDiscriminator: 0 },
  ],
  [
    'intervals of microseconds',
    bytes('20 c0 03 18 00000007 00000009 00000001 000f4241 00000000'),
    { desiredMinTx: 0.001, requiredMinRx: 1000.001 },
  ],
];

const malformed: readonly (readonly [rule: string, octets: Uint8Array, fault: MalformedPacket])[] = [
  ['nothing', new Uint8Array(), 'too-short'],
  ['less than 24 octets', UP_POLL.subarray(0, 23), 'too-short'],
  ['version 0', with_(0, 0x00), 'version'],
  ['version 2', with_(0, 0x40), 'version'],
  ['a length below 24', with_(3, 23), 'length'],
  ['a length beyond the packet', with_(3, 25), 'length'],
  ['a multiplier of 0', with_(2, 0), 'zero-multiplier'],
  ['M', with_(1, 0xe1), 'multipoint'],
  ['no discriminator of the remote', with_(7, 0), 'zero-discriminator'],
  ['no discriminator of ours, though Up', with_(11, 0), 'state-without-discriminator'],
  ['no discriminator of ours, though Init', with_(11, 0, with_(1, 0x80)), 'state-without-discriminator'],
  ['A without a section', with_(1, 0xc4), 'authentication-section'],
  ['A with one octet', Uint8Array.of(...with_(1, 0xc4, with_(3, 25)), 5), 'authentication-section'],
  ['a section that is shorter than it says', with_(3, 51, signed), 'authentication-section'],
  ['a section that says another length', with_(25, 27, signed), 'authentication-section'],
  [
    'a section of SHA-1 that is too short',
    Uint8Array.of(...with_(1, 0xc4, with_(3, 28)), 5, 4, 7, 0),
    'authentication-section',
  ],
];

describe('a control packet', () => {
  for (const [rule, octets, expected] of decodes)
    it(`is read with ${rule}`, () => {
      const decoded = decodePacket(octets);
      assert.ok(decoded.ok);
      assert.deepEqual({ ...decoded.value, ...expected }, decoded.value);
    });

  for (const [rule, octets, fault] of malformed)
    it(`is refused with ${rule}`, () => assert.deepEqual(decodePacket(octets), { ok: false, error: fault }));

  it('is written as the RFC draws it', () => assert.deepEqual(encodePacket(PACKET, 0), UP_POLL));

  it('has a section for a type that is not implemented', () => {
    const decoded = decodePacket(Uint8Array.of(...with_(1, 0xc4, with_(3, 30)), 1, 6, 7, 115, 101, 99));
    assert.ok(decoded.ok);
    assert.deepEqual(decoded.value.authentication, { type: 'other', code: 1 });
  });

  it('has intervals of at most 2^32 − 1 microseconds', () => {
    const octets = encodePacket({ ...PACKET, desiredMinTx: 1e12, requiredMinRx: 0.0001 }, 0);
    assert.deepEqual([...octets.subarray(12, 20)], [255, 255, 255, 255, 0, 0, 0, 1]);
  });
});
