import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Address, parseAddress } from '../../src/net/address.ts';
import { formatPrefix, parsePrefix, prefixContains } from '../../src/net/prefix.ts';

const address = (text: string): Address => {
  const parsed = parseAddress(text);
  assert.ok(parsed.ok, text);
  return parsed.value;
};

const rows: readonly [says: string, text: string, want: string, hostBits: boolean][] = [
  ['an IPv4 prefix', '192.0.2.0/24', '192.0.2.0/24', false],
  ['host bits are cleared and reported', '192.0.2.77/24', '192.0.2.0/24', true],
  ['everything', '0.0.0.0/0', '0.0.0.0/0', false],
  ['a single address', '192.0.2.1/32', '192.0.2.1/32', false],
  ['IPv6, printed canonically', '2001:DB8:0:0::/64', '2001:db8::/64', false],
  ['IPv6 host bits', '2001:db8::1/64', '2001:db8::/64', true],
  ['all of IPv6', '::/0', '::/0', false],
  ['a single IPv6 address', '::1/128', '::1/128', false],
];

for (const [says, text, want, hostBits] of rows) {
  test(`reads ${says}: ${text}`, () => {
    const parsed = parsePrefix(text);
    assert.ok(parsed.ok);
    assert.equal(formatPrefix(parsed.value), want);
    assert.equal(parsed.value.hostBits, hostBits);
  });
}

const refused: readonly [text: string, error: string][] = [
  ['192.0.2.0', 'has no prefix length ("/24")'],
  ['192.0.2.0/', 'has nothing after the slash'],
  ['192.0.2.0/33', 'has a prefix length above 32'],
  ['::/129', 'has a prefix length above 128'],
  ['192.0.2.0/-1', 'has a prefix length that is not a decimal number'],
  ['192.0.2.0/+8', 'has a prefix length that is not a decimal number'],
  ['192.0.2.0/ 8', 'has a prefix length that is not a decimal number'],
  ['192.0.2.0/08', 'has a leading zero in its prefix length'],
  ['192.0.2.0/24/24', 'has a prefix length that is not a decimal number'],
  ['192.0.2.0/255.255.255.0', 'has a prefix length that is not a decimal number'],
  ['192.0.2/24', 'has 3 parts where an IPv4 address has 4'],
  [' 192.0.2.0/24', 'has a blank in it'],
  ['fe80::%eth0/64', 'has a zone id, which means something on one machine only'],
  ['::ffff:192.0.2.0/120', 'is an IPv4-mapped prefix; write it as 192.0.2.0/24'],
  ['/24', 'is empty'],
];

for (const [text, error] of refused) {
  test(`refuses ${JSON.stringify(text)}: it ${error}`, () =>
    assert.deepEqual(parsePrefix(text), { ok: false, error }));
}

test('contains the addresses between its ends, of its own family', () => {
  const parsed = parsePrefix('192.0.2.128/25');
  assert.ok(parsed.ok);
  const inside = ['192.0.2.128', '192.0.2.255'].map(address);
  const outside = ['192.0.2.127', '192.0.3.0', '::c000:280'].map(address);
  assert.deepEqual(
    inside.map((a) => prefixContains(parsed.value, a)),
    [true, true],
  );
  assert.deepEqual(
    outside.map((a) => prefixContains(parsed.value, a)),
    [false, false, false],
  );
});
