/** Keyed and meticulous keyed SHA-1 (RFC 5880 6.7). A packet that fails changes nothing. */
import type { ControlPacket } from '../../../../src/bfd/packet.ts';
import type { BfdAuthentication } from '../../../../src/bfd/settings.ts';
import { type BfdHarness, FIRST_SEQUENCE, key, METICULOUS, remotePacket, SPARE } from '../harness.ts';
import { all, edited, finds, hears, type Row, type Step, waits } from './row.ts';

const KEYED: BfdAuthentication = { ...METICULOUS, type: 'keyed-sha1' };
const NEXT_KEY = { id: 8, key: key('second key') };
const ROTATING: BfdAuthentication = { ...METICULOUS, keys: [...METICULOUS.keys, NEXT_KEY] };
const ROTATED: BfdAuthentication = { ...ROTATING, activeKeyId: 8 };
const ONLY_NEXT: BfdAuthentication = { ...METICULOUS, keys: [NEXT_KEY], activeKeyId: 8 };
const WRONG_KEY: BfdAuthentication = { ...METICULOUS, keys: [{ id: 7, key: key('another key') }] };
const UNKNOWN_ID: BfdAuthentication = {
  ...METICULOUS,
  keys: [{ id: 9, key: key('first key') }],
  activeKeyId: 9,
};

const meticulous = { settings: { authentication: METICULOUS } };
const keyed = { settings: { authentication: KEYED } };
const rotating = { settings: { authentication: ROTATING } };
const unprotected = { settings: { authentication: null } };

/** A packet of the remote with that sequence number, Down unless said otherwise. */
const signed =
  (sequence: number, authentication = METICULOUS, packet: Partial<ControlPacket> = {}): Step =>
  (one) =>
    one.receive({ state: 'Down', ...packet }, { authentication, sequence });

const oneBitChanged: Step = (one) =>
  one.receiveOctets(
    remotePacket({}, { authentication: METICULOUS, sequence: 500 }).map((octet, at) =>
      at === 15 ? octet ^ 1 : octet,
    ),
  );

const fromBuffer: Step = (one) =>
  one.receiveOctets(Buffer.from(remotePacket({}, { authentication: METICULOUS, sequence: 500 })));

const learned = ({ session }: BfdHarness): unknown => [
  session.remote,
  session.receivedSequence,
  session.heardAt,
];

const sentSection = ({ sent }: BfdHarness): unknown => {
  const section = sent[0]?.authentication;
  return section?.type === 'meticulous-keyed-sha1' ? [section.keyId, section.sequence] : null;
};

const replayed = ['discard replayed'];
const wrongDigest = ['discard wrong-digest'];

/** The remote is Down, so that an accepted packet leads to Init. */
export const AUTHENTICATION: readonly Row[] = [
  ['6.7.4', 'Down, waiting', 'takes a packet with our key', signed(500), ['Init'], 'Init', meticulous],
  [
    ...(['6.7.4', 'Down, waiting', 'takes it from a buffer of Node, whose slices are no copies'] as const),
    ...([fromBuffer, ['Init'], 'Init', meticulous] as const),
  ],
  [
    ...(['6.7.4', 'Down, waiting', 'discards a packet with another key'] as const),
    ...([signed(500, WRONG_KEY), wrongDigest, 'Down', meticulous] as const),
  ],
  [
    ...(['6.7.4', 'Down, waiting', 'discards a packet with an unknown key ID'] as const),
    ...([signed(500, UNKNOWN_ID), ['discard unknown-key'], 'Down', meticulous] as const),
  ],
  [
    ...(['6.7.4', 'Down, waiting', 'discards a packet of the other type'] as const),
    ...([signed(500, KEYED), ['discard wrong-type'], 'Down', meticulous] as const),
  ],
  [
    ...(['6.8.6', 'Down, waiting', 'discards a packet without authentication'] as const),
    ...([hears('Down'), ['discard missing'], 'Down', meticulous] as const),
  ],
  [
    ...(['6.8.6', 'Down, waiting', 'discards a packet with authentication where none is in use'] as const),
    ...([signed(500), ['discard not-in-use'], 'Down', unprotected] as const),
  ],
  ['6.7.4', 'Down, waiting', 'discards a changed packet', oneBitChanged, wrongDigest, 'Down', meticulous],
  [
    ...(['6.7.4', 'Down, waiting', 'learns nothing from a packet that it discards'] as const),
    ...([signed(500, WRONG_KEY), wrongDigest, 'Down'] as const),
    { ...meticulous, ...finds(learned, [null, null, null]) },
  ],
  [
    ...(['6.7.4', 'Down, waiting', 'does not count a discarded packet for the detection time'] as const),
    ...([
      all(signed(500), waits(600), signed(501, WRONG_KEY), waits(300)),
      ['Down'],
      'Down',
      meticulous,
    ] as const),
  ],
  [
    ...([
      '6.8.1',
      'Down, waiting',
      'takes another discriminator after silence: old packets name the old one',
    ] as const),
    ...([all(signed(500), waits(900)), ['Down'], 'Down'] as const),
    { ...meticulous, ...finds(({ sent }) => sent[0]?.myDiscriminator, SPARE) },
  ],
  [
    ...(['6.7.1', 'Down, waiting', 'takes the key that we send with'] as const),
    ...([signed(500, ROTATING), ['Init'], 'Init', rotating] as const),
  ],
  [
    ...(['6.7.1', 'Down, waiting', 'takes another key that both sides have'] as const),
    ...([signed(500, ROTATED), ['Init'], 'Init', rotating] as const),
  ],
  [
    ...(['6.7.1', 'Down, waiting', 'takes the next number under another key'] as const),
    ...([all(signed(500, ROTATING), signed(501, ROTATED)), [], 'Init', rotating] as const),
  ],
  [
    ...(['6.7.1', 'Down, waiting', 'discards the same number under another key'] as const),
    ...([all(signed(500, ROTATING), signed(500, ROTATED)), replayed, 'Init', rotating] as const),
  ],
  [
    ...(['6.7.1', 'Down, waiting', 'discards a key that was removed'] as const),
    all(signed(500), edited({ authentication: ONLY_NEXT }), signed(501)),
    ...([['discard unknown-key'], 'Init', meticulous] as const),
  ],
  [
    ...(['6.7.1', 'Down, waiting', 'signs with a new key from its next packet on'] as const),
    ...([all(edited({ authentication: ROTATED }), waits(1000)), ['Down'], 'Down'] as const),
    { ...meticulous, ...finds(sentSection, [8, FIRST_SEQUENCE + 1]) },
  ],
  [
    ...(['6.7.4', 'Down', 'begins at the number that it was given', waits(0), ['Down'], 'Down'] as const),
    { ...meticulous, ...finds(sentSection, [7, FIRST_SEQUENCE]) },
  ],
  [
    ...([
      '6.7.4',
      'Down, waiting',
      'gives each packet the next number',
      waits(1000),
      ['Down'],
      'Down',
    ] as const),
    { ...meticulous, ...finds(sentSection, [7, FIRST_SEQUENCE + 1]) },
  ],
];

const replay = (
  rule: string,
  happens: Step,
  actions: readonly string[],
  to: 'Down' | 'Init',
  settings = meticulous,
): Row => ['6.7.4', 'Down, waiting', rule, happens, actions, to, settings];

export const REPLAY: readonly Row[] = [
  replay('takes the next number', all(signed(500), signed(501)), [], 'Init'),
  replay('discards the same number, if meticulous', all(signed(500), signed(500)), replayed, 'Init'),
  replay('takes it, if not meticulous', all(signed(500, KEYED), signed(500, KEYED)), [], 'Init', keyed),
  replay('discards a smaller number', all(signed(500), signed(499)), replayed, 'Init'),
  replay(
    ...(['discards it also if not meticulous', all(signed(500, KEYED), signed(499, KEYED))] as const),
    ...([replayed, 'Init', keyed] as const),
  ),
  replay('takes a number ahead by 3 times the multiplier', all(signed(500), signed(509)), [], 'Init'),
  replay('discards a number that is farther ahead', all(signed(500), signed(510)), replayed, 'Init'),
  replay('takes 0 after the last number', all(signed(0xffff_ffff), signed(0)), [], 'Init'),
  replay(
    'discards the last number after 0',
    ...([all(signed(0xffff_ffff), signed(0), signed(0xffff_ffff)), replayed, 'Init'] as const),
  ),
  replay(
    'discards an old number within twice the detection time (6.8.1)',
    ...([all(signed(500), waits(1799), signed(400)), replayed, 'Down'] as const),
  ),
  replay(
    'takes any number after twice the detection time (6.8.1)',
    ...([all(signed(500), waits(1800), signed(400)), ['Init'], 'Init'] as const),
  ),
];
