/** Compares the fast parser and formatter with the `ip-address` package. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Address4, Address6 } from 'ip-address';
import { formatIPv4, formatIPv6, isMapped, parseIPv4, parseIPv6 } from '../../src/net/address-text.ts';
import { type Random, underSeeds } from '../support/random.ts';

const TEXTS = 50_000; // of each family

/** The package's result for a text; it also parses prefixes and zones, which are not single addresses. */
function expectedIPv4(text: string): number {
  if (/[/\s]/.test(text)) return -1;
  try {
    return Number(new Address4(text).bigInt());
  } catch {
    return -1;
  }
}

function expectedIPv6(text: string): bigint | null {
  if (/[/%\s]/.test(text)) return null;
  try {
    return new Address6(text).bigInt();
  } catch {
    return null;
  }
}

const randomIPv4 = (random: Random): string =>
  Array.from({ length: random.chance(0.95) ? 4 : random.below(7) }, () =>
    random.chance(0.9) ? random.below(256) : random.pick(['', '00', '01', '256', '999', '1e1', '0x1', '-1']),
  ).join('.');

const randomGroup = (random: Random): string => {
  const text = random.chance(0.5) ? '0' : random.below(0x1_0000).toString(16);
  if (random.chance(0.1)) return text.padStart(4, '0');
  return random.chance(0.02) ? random.pick(['', 'g', '00000', '12345', 'FFFF', '-1']) : text;
};

function randomIPv6(random: Random): string {
  const quadAtEnd = random.chance(0.15);
  const length = random.chance(0.9) ? (quadAtEnd ? 6 : 8) : random.below(10);
  const list = Array.from({ length }, () => randomGroup(random));
  if (quadAtEnd) list.push(randomIPv4(random));
  if (random.chance(0.5)) list.splice(random.below(list.length + 1), random.below(5), '');
  let text = list.join(':');
  if (text.startsWith(':') && random.chance(0.8)) text = `:${text}`;
  if (text.endsWith(':') && random.chance(0.8)) text = `${text}:`;
  return text;
}

/** Sometimes one character is inserted, removed or changed. */
function mutated(random: Random, text: string): string {
  if (random.chance(0.7)) return text;
  const at = random.below(text.length + 1);
  const put = random.chance(0.3) ? '' : random.pick([...'0123456789abcdefABCDEFgx.:/% -']);
  return text.slice(0, at) + put + text.slice(at + random.below(2));
}

test('IPv4 texts are parsed as by ip-address', () => {
  underSeeds(1, 10, (random) => {
    let good = 0;
    for (let i = 0; i < TEXTS; i++) {
      const text = mutated(random, randomIPv4(random));
      const want = expectedIPv4(text);
      assert.equal(parseIPv4(text), want, JSON.stringify(text));
      if (want >= 0) {
        good++;
        assert.equal(formatIPv4(want), text);
        assert.equal(new Address4(text).correctForm(), text);
      }
    }
    assert.ok(good > TEXTS / 5 && good < TEXTS * 0.9, `${good} of the texts were addresses`);
  });
});

test('IPv6 texts are parsed and formatted as by ip-address', () => {
  underSeeds(1, 10, (random) => {
    let good = 0;
    for (let i = 0; i < TEXTS; i++) {
      const text = mutated(random, randomIPv6(random));
      const want = expectedIPv6(text);
      assert.equal(parseIPv6(text), want, JSON.stringify(text));
      if (want !== null) {
        good++;
        const printed = formatIPv6(want);
        assert.equal(parseIPv6(printed), want);
        // The package formats a mapped address in hex; RFC 5952 section 5 recommends the dotted quad.
        if (!isMapped(want)) assert.equal(printed, Address6.fromBigInt(want).correctForm());
      }
    }
    assert.ok(good > TEXTS / 5 && good < TEXTS * 0.9, `${good} of the texts were addresses`);
  });
});

test('numbers of every size are parsed back from their text', () => {
  underSeeds(1, 10, (random) => {
    for (let i = 0; i < 10_000; i++) {
      let bits = 0n;
      for (let bit = random.below(129); bit > 0; bit--) bits = (bits << 1n) | BigInt(random.below(2));
      assert.equal(parseIPv6(formatIPv6(bits)), bits);
      const quadBits = Number(bits & 0xffff_ffffn);
      assert.equal(parseIPv4(formatIPv4(quadBits)), quadBits);
    }
  });
});
