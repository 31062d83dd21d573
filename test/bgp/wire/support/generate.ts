/** Random messages and attributes, for law tests. */

import type { AsPathSegment } from '../../../../src/bgp/attributes/as-path.ts';
import type { NextHop, PathAttributes, UnrecognizedAttribute } from '../../../../src/bgp/attributes/path.ts';
import type { Capability } from '../../../../src/bgp/wire/capability.ts';
import type { Message, Open, Update } from '../../../../src/bgp/wire/message.ts';
import type { WriteTerms } from '../../../../src/bgp/wire/negotiated.ts';
import type { Address, Family } from '../../../../src/net/address.ts';
import { networkMask, type Prefix } from '../../../../src/net/prefix.ts';
import type { Random } from '../../../support/random.ts';

const u32 = (random: Random): number => random.below(65_536) * 65_536 + random.below(65_536);

const asn = (random: Random): number => (random.chance(0.5) ? 1 + random.below(65_535) : u32(random) || 1);

/** Never AS_TRANS (23456), which is no AS of its own. */
export const realAsn = (random: Random): number => {
  const value = asn(random);
  return value === 23_456 ? 1 : value;
};

export const octets = (random: Random, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => random.below(256));

export const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

export function prefix(random: Random, family: Family): Prefix {
  const length = random.below((family === 4 ? 32 : 128) + 1);
  const parts = times(family === 4 ? 1 : 4, () => BigInt(u32(random)));
  const bits = parts.reduce((sum, part) => (sum << 32n) | part, 0n);
  return { family, length, bits: bits & networkMask(family, length) };
}

function address(random: Random, family: Family): Address {
  if (family === 4)
    return { family, bits: BigInt((1 + random.below(100)) * 2 ** 24 + random.below(2 ** 24)) };
  return { family, bits: (0x2001n << 112n) | BigInt(u32(random)) };
}

export const nextHop = (random: Random, family: Family): NextHop => ({
  address: address(random, family),
  linkLocal:
    family === 6 && random.chance(0.3) ? { family, bits: (0xfe80n << 112n) | BigInt(1 + u32(random)) } : null,
});

const segment = (random: Random): AsPathSegment => ({
  kind: random.chance(0.8) ? 'sequence' : 'set',
  asns: times(1 + random.below(random.chance(0.1) ? 255 : 6), () => realAsn(random)),
});

function otherAttribute(random: Random): UnrecognizedAttribute {
  return {
    type: random.pick([30, 40, 100, 128, 200, 255]),
    optional: true,
    transitive: random.chance(0.5),
    partial: random.chance(0.5),
    value: octets(random, random.below(random.chance(0.1) ? 300 : 10)),
  };
}

/** Only attributes that decode to the same value. */
export function attributes(random: Random): PathAttributes {
  const maybe = <T>(make: () => T): T | null => (random.chance(0.4) ? make() : null);
  const list = <T>(make: () => T): T[] => (random.chance(0.4) ? times(1 + random.below(8), make) : []);
  const others = new Map(list(() => otherAttribute(random)).map((one) => [one.type, one]));
  return {
    origin: random.pick(['igp', 'egp', 'incomplete'] as const),
    asPath: times(random.below(3), () => segment(random)),
    med: maybe(() => u32(random)),
    localPref: maybe(() => u32(random)),
    atomicAggregate: random.chance(0.2),
    aggregator: maybe(() => ({ asn: realAsn(random), routerId: u32(random) })),
    communities: list(() => u32(random)),
    extendedCommunities: list(() => ({ high: u32(random), low: u32(random) })),
    largeCommunities: list(() => ({ global: u32(random), first: u32(random), second: u32(random) })),
    others: [...others.values()].sort((a, b) => a.type - b.type),
  };
}

export function capability(random: Random): Capability {
  const family = () => ({ afi: random.pick([1, 2, 25]), safi: random.pick([1, 2, 128]) });
  switch (random.below(8)) {
    case 0:
      return { kind: 'multiprotocol', ...family() };
    case 1:
      return { kind: 'route-refresh' };
    case 2:
      return { kind: 'enhanced-route-refresh' };
    case 3:
      return { kind: 'extended-message' };
    case 4:
      return {
        kind: 'extended-next-hop',
        entries: times(random.below(3), () => ({ ...family(), nextHopAfi: 2 })),
      };
    case 5:
      return {
        kind: 'graceful-restart',
        restarting: random.chance(0.5),
        notification: random.chance(0.5),
        restartTime: random.below(4096),
        families: times(random.below(4), () => ({ ...family(), forwarding: random.chance(0.5) })),
      };
    default:
      return { kind: 'unknown', code: 128 + random.below(127), value: octets(random, random.below(40)) };
  }
}

export function open(random: Random): Open {
  const number = realAsn(random);
  const capabilities = times(random.below(12), () => capability(random));
  if (number > 65_535 || random.chance(0.5)) capabilities.push({ kind: 'four-octet-as', asn: number });
  return {
    kind: 'open',
    asn: number,
    holdTime: random.pick([0, 3, 9, 90, 180, 65_535]),
    routerId: u32(random) || 1,
    capabilities,
  };
}

export function plainMessage(random: Random): Exclude<Message, Update> {
  switch (random.below(4)) {
    case 0:
      return open(random);
    case 1:
      return {
        kind: 'notification',
        code: random.below(256),
        subcode: random.below(256),
        data: octets(random, random.below(50)),
      };
    case 2:
      return {
        kind: 'route-refresh',
        afi: random.below(65_536),
        safi: random.below(256),
        subtype: random.below(256),
      };
    default:
      return { kind: 'keepalive' };
  }
}

export const terms = (random: Random): WriteTerms => ({
  fourOctetAs: random.chance(0.7),
  extendedNextHop: random.chance(0.5),
  sendMax: random.chance(0.8) ? 4096 : 65_535,
});
