/** Input of a faulty or hostile peer, and the invariants of the decoder's output. */
import assert from 'node:assert/strict';
import type { Result } from '../../../../src/base/result.ts';
import type { DecodeFailure, Message } from '../../../../src/bgp/wire/message.ts';
import type { ReadTerms } from '../../../../src/bgp/wire/negotiated.ts';
import { decodePrefixes, type Nlri } from '../../../../src/bgp/wire/nlri.ts';
import { notificationText } from '../../../../src/bgp/wire/notification-text.ts';
import { packAnnouncements } from '../../../../src/bgp/wire/write/pack.ts';
import { FAMILY_BITS } from '../../../../src/net/address.ts';
import { networkMask } from '../../../../src/net/prefix.ts';
import type { Random } from '../../../support/random.ts';
import { capturedSessions, fromHex } from './captured-sessions.ts';
import * as generate from './generate.ts';

export const capturedMessages = capturedSessions
  .flatMap(({ left, right }) => [...left.messages, ...right.messages])
  .map(fromHex);

/** Large messages with every attribute. */
function packedUpdate(random: Random): Uint8Array {
  const family = random.chance(0.5) ? 4 : 6;
  const path = { nextHop: generate.nextHop(random, family), attributes: generate.attributes(random) };
  const prefixes = generate.times(1 + random.below(60), () => generate.prefix(random, family));
  const result = packAnnouncements({ family, path, prefixes }, generate.terms(random));
  return (result.ok ? result.value[0] : undefined) ?? random.pick(capturedMessages);
}

export const randomTerms = (random: Random): ReadTerms => ({
  internal: random.chance(0.5),
  fourOctetAs: random.chance(0.7),
  families: random.pick([[4, 6], [4], [6], []]),
  extendedNextHop: random.chance(0.5),
  receiveMax: random.pick([4096, 65_535]),
});

/** Changes, inserts or removes a few octets; the length field is usually corrected, so that decoding goes on. */
export function mutated(random: Random, whole: Uint8Array): Uint8Array {
  const octets = [...whole];
  for (let i = 1 + random.below(4); i > 0; i--) {
    const at = random.chance(0.95) ? 18 + random.below(Math.max(1, octets.length - 18)) : random.below(19);
    switch (random.below(5)) {
      case 0:
        octets.splice(at, 1 + random.below(4));
        break;
      case 1:
        octets.splice(at, 0, ...generate.octets(random, 1 + random.below(6)));
        break;
      case 2:
        octets[at] = random.pick([0, 1, 2, 0x40, 0x80, 0xff]);
        break;
      case 3:
        octets[at] = (octets[at] ?? 0) ^ (1 << random.below(8));
        break;
      default:
        octets[at] = random.below(256);
    }
  }
  const bytes = Uint8Array.from(octets);
  if (bytes.length >= 18 && random.chance(0.9)) {
    bytes.fill(0xff, 0, 16);
    bytes[16] = bytes.length >> 8;
    bytes[17] = bytes.length;
  }
  return bytes;
}

function randomMessage(random: Random): Uint8Array {
  const body = generate.octets(random, random.below(80));
  const bytes = Uint8Array.from([...new Array(16).fill(0xff), 0, 0, 1 + random.below(5), ...body]);
  bytes[17] = bytes.length;
  return bytes;
}

/** A mutated message, usually of a captured session, or random octets. */
export function fuzzedMessage(random: Random, isLarge: boolean): Uint8Array {
  const kind = random.below(10);
  if (kind === 0) return randomMessage(random);
  return mutated(random, kind === 1 && isLarge ? packedUpdate(random) : random.pick(capturedMessages));
}

/** Throws if an invariant does not hold. */
export function assertInvariants(read: Result<Message, DecodeFailure>, bytes: number): void {
  if (read.ok) assertMessage(read.value, bytes);
  else assertFailure(read.error, bytes);
}

function assertMessage(message: Message, bytes: number): void {
  if (message.kind === 'notification') assert.ok(notificationText(message).length < 5 * bytes + 200);
  if (message.kind !== 'update') return;
  const lists = [...message.withdrawn, ...message.announced.map(({ nlri }) => nlri)];
  assert.ok(lists.reduce((sum, { count }) => sum + count, 0) <= bytes);
  for (const list of lists) assertPrefixes(list);
  assert.equal(message.attributes === null, message.announced.length === 0);
  assert.ok(message.faults.length <= 48);
  if (message.faults.some(({ handling }) => handling === 'treat-as-withdraw')) {
    assert.deepEqual(message.announced, []);
  }
}

function assertPrefixes(list: Nlri): void {
  const prefixes = decodePrefixes(list);
  assert.equal(prefixes.length, list.count);
  for (const { family, length, bits } of prefixes) {
    assert.ok(family === list.family && length <= FAMILY_BITS[family]);
    assert.ok(bits === (bits & networkMask(family, length)));
  }
}

function assertFailure({ notification, reason, rfc }: DecodeFailure, bytes: number): void {
  assert.ok(notification.code >= 1 && notification.code <= 7);
  assert.ok(notification.data.length <= bytes + 2);
  assert.ok(reason !== '' && rfc.startsWith('RFC '));
}
