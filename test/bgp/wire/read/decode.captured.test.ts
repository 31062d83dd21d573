/** Captured sessions of BIRD, FRR and GoBGP: decoded, and encoded like the original. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { formatAsPath } from '../../../../src/bgp/attributes/as-path.ts';
import { formatLargeCommunity, formatStandardCommunity } from '../../../../src/bgp/attributes/community.ts';
import { formatExtendedCommunity } from '../../../../src/bgp/attributes/extended-community.ts';
import type { NextHop, PathAttributes } from '../../../../src/bgp/attributes/path.ts';
import type { Message, Open, Update } from '../../../../src/bgp/wire/message.ts';
import { type NegotiatedTerms, negotiate } from '../../../../src/bgp/wire/negotiated.ts';
import { decodePrefixes } from '../../../../src/bgp/wire/nlri.ts';
import { notificationText } from '../../../../src/bgp/wire/notification-text.ts';
import { decodeMessage } from '../../../../src/bgp/wire/read/decode.ts';
import { Framer } from '../../../../src/bgp/wire/read/framer.ts';
import { encodeMessage } from '../../../../src/bgp/wire/write/encode.ts';
import { encodeEndOfRib, packAnnouncements, packWithdrawals } from '../../../../src/bgp/wire/write/pack.ts';
import { formatAddress, formatIPv4 } from '../../../../src/net/address.ts';
import { formatPrefix } from '../../../../src/net/prefix.ts';
import {
  type CapturedRoute,
  type CapturedSide,
  capturedSessions,
  fromHex,
  toHex,
} from '../support/captured-sessions.ts';

const openOf = ({ messages }: CapturedSide): Open => {
  const read = decodeMessage(fromHex(messages[0] ?? ''), {
    internal: false,
    fourOctetAs: true,
    families: [],
    extendedNextHop: false,
    receiveMax: 4096,
  });
  assert.ok(read.ok && read.value.kind === 'open');
  return read.value;
};

/** Decodes as the receiver does. */
function decodeSide(side: CapturedSide, agreement: NegotiatedTerms): readonly Message[] {
  const splitter = new Framer(agreement.receiveMax);
  splitter.push(fromHex(side.messages.join('')));
  const messages: Message[] = [];
  for (;;) {
    const next = splitter.next();
    assert.ok(next.ok);
    if (next.value === null) return messages;
    const decoded = decodeMessage(next.value, agreement);
    assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.reason);
    messages.push(decoded.value);
  }
}

function toCapturedRoute(prefix: string, { address }: NextHop, attributes: PathAttributes): CapturedRoute {
  const { med, localPref, aggregator, communities, largeCommunities, extendedCommunities } = attributes;
  return {
    prefix,
    nextHop: formatAddress(address),
    origin: attributes.origin,
    path: formatAsPath(attributes.asPath),
    ...(med === null ? {} : { med }),
    ...(localPref === null ? {} : { localPref }),
    ...(aggregator === null ? {} : { aggregator: `${aggregator.asn} ${formatIPv4(aggregator.routerId)}` }),
    ...(communities.length === 0 ? {} : { communities: communities.map(formatStandardCommunity).sort() }),
    ...(largeCommunities.length === 0 ? {} : { large: largeCommunities.map(formatLargeCommunity) }),
    ...(extendedCommunities.length === 0
      ? {}
      : { extended: extendedCommunities.map(formatExtendedCommunity) }),
  };
}

const sortedCommunities = (route: CapturedRoute): CapturedRoute =>
  route.communities === undefined ? route : { ...route, communities: [...route.communities].sort() };

for (const { name, what, left, right } of capturedSessions) {
  describe(`${name}: ${what}`, () => {
    const opens = [openOf(left), openOf(right)] as const;
    const agreement = negotiate(...opens);

    for (const side of [left, right]) {
      const messages = decodeSide(side, agreement);
      const updates = messages.filter((message): message is Update => message.kind === 'update');

      it(`is decoded as configured: ${side.daemon}`, () => {
        assert.equal(openOf(side).asn, side.means.asn);
        const told: CapturedRoute[] = [];
        const there = new Map<string, boolean>();
        for (const { withdrawn, announced, attributes, faults } of updates) {
          assert.deepEqual(faults, []);
          for (const nlri of withdrawn)
            for (const one of decodePrefixes(nlri)) there.set(formatPrefix(one), false);
          for (const { nlri, nextHop } of announced) {
            for (const one of decodePrefixes(nlri)) {
              assert.ok(attributes !== null);
              there.set(formatPrefix(one), true);
              told.push(toCapturedRoute(formatPrefix(one), nextHop, attributes));
            }
          }
        }
        for (const route of side.means.routes) {
          const candidates = told.filter(({ prefix }) => prefix === route.prefix);
          if (!candidates.some((one) => isDeepStrictEqual(one, sortedCommunities(route)))) {
            assert.deepEqual(candidates[0], sortedCommunities(route));
          }
        }
        const gone = [...there].filter(([, is]) => !is).map(([prefix]) => prefix);
        for (const prefix of side.means.gone) assert.ok(gone.includes(prefix), prefix);
      });

      it(`ends with the expected NOTIFICATION: ${side.daemon}`, () => {
        const last = messages.at(-1);
        const ends = last?.kind === 'notification' ? notificationText(last) : undefined;
        assert.equal(ends, side.means.ends);
      });

      it(`keeps its meaning when we encode it: ${side.daemon}`, () => {
        for (const message of messages) {
          for (const bytes of encode(message, agreement)) {
            const again = decodeMessage(bytes, agreement);
            assert.ok(again.ok);
            if (message.kind !== 'update') assert.deepEqual(again.value, message);
          }
        }
      });

      it(`is encoded octet by octet like the original, where the RFCs leave no choice: ${side.daemon}`, () => {
        const ours = new Set(messages.flatMap((message) => encode(message, agreement)).map(toHex));
        for (const [index, message] of messages.entries()) {
          const theirs = side.messages[index] ?? '';
          if (isCanonical(message, theirs)) assert.ok(ours.has(theirs), theirs);
        }
      });
    }
  });
}

/**
 * Choices of the encoder: the order of capabilities and attributes, extended lengths, and whether IPv4 prefixes are
 * withdrawn in Withdrawn Routes (which is not empty then).
 */
function isCanonical(message: Message, hex: string): boolean {
  if (message.kind === 'open') return false;
  if (message.kind !== 'update' || message.endOfRib !== null) return true;
  return message.announced.length === 0 && hex.slice(38, 42) !== '0000';
}

function encode(message: Message, agreement: NegotiatedTerms): readonly Uint8Array[] {
  if (message.kind !== 'update') return [encodeMessage(message, agreement)];
  const { attributes } = message;
  const packed = message.announced.flatMap(({ nlri, nextHop }) => {
    assert.ok(attributes !== null);
    const { family } = nlri;
    const result = packAnnouncements(
      { family, path: { nextHop, attributes }, prefixes: decodePrefixes(nlri) },
      agreement,
    );
    return result.ok ? result.value : [];
  });
  return [
    ...(message.endOfRib === null ? [] : [encodeEndOfRib(message.endOfRib)]),
    ...message.withdrawn.flatMap((nlri) => packWithdrawals(nlri.family, decodePrefixes(nlri), agreement)),
    ...packed,
  ];
}
