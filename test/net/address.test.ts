import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Address,
  compareAddresses,
  formatAddress,
  parseAddress,
  sameAddress,
} from '../../src/net/address.ts';

const v4 = (bits: bigint): Address => ({ family: 4, bits });
const v6 = (bits: bigint): Address => ({ family: 6, bits });

const read: readonly [says: string, text: string, want: Address][] = [
  ['four plain parts', '10.0.0.1', v4(0x0a000001n)],
  ['the lowest', '0.0.0.0', v4(0n)],
  ['the highest', '255.255.255.255', v4(0xffffffffn)],
  ['only zeros', '::', v6(0n)],
  ['an elision at the start', '::1', v6(1n)],
  ['an elision at the end', '1::', v6(1n << 112n)],
  ['an elision of one group', '1:2:3:4:5:6:7::', v6(0x0001_0002_0003_0004_0005_0006_0007_0000n)],
  ['all groups written', '1:2:3:4:5:6:7:8', v6(0x0001_0002_0003_0004_0005_0006_0007_0008n)],
  ['upper case and leading zeros', '2001:0DB8::000A', v6(0x2001_0db8_0000_0000_0000_0000_0000_000an)],
  ['a dotted tail', '64:ff9b::192.0.2.1', v6(0x0064_ff9b_0000_0000_0000_0000_c000_0201n)],
  ['an IPv4-mapped text is the IPv4 address', '::ffff:192.0.2.1', v4(0xc0000201n)],
  ['its hex form is the IPv4 address, too', '::ffff:c000:201', v4(0xc0000201n)],
];

for (const [says, text, want] of read) {
  test(`reads ${says}: ${text}`, () => assert.deepEqual(parseAddress(text), { ok: true, value: want }));
}

const refused: readonly [text: string, error: string][] = [
  ['', 'is empty'],
  [' 10.0.0.1', 'has a blank in it'],
  ['10.0.0.1\n', 'has a blank in it'],
  ['10.0.0', 'has 3 parts where an IPv4 address has 4'],
  ['10.0.0.1.2', 'has 5 parts where an IPv4 address has 4'],
  ['1..2.3', 'has nothing in part 2'],
  ['10.0.0.', 'has nothing in part 4'],
  ['10.01.0.1', 'has a leading zero in part 2'],
  ['00.0.0.1', 'has a leading zero in part 1'],
  ['0x0a.0.0.1', 'has "0x0a" in part 1, which is not a decimal number'],
  ['10.0.0.256', 'has 256 in part 4, which is above 255'],
  ['10.0.0.99999', 'has a number in part 4, which is above 255'],
  ['10.0.0.1/32', 'is a prefix where a single address is needed'],
  ['10.0.0.1-10.0.0.2', 'is a range where a single address is needed'],
  ['localhost', 'is not an IP address'],
  ['abc', 'is not an IP address'],
  ['fe80::1%eth0', 'has a zone id, which means something on one machine only'],
  ['1::2::3', 'has "::" more than once'],
  [':::', 'has three colons in a row'],
  [':1:2:3:4:5:6:7', 'begins with a single colon'],
  ['1:2:3:4:5:6:7:', 'ends with a single colon'],
  ['1:2:3', 'has 3 groups where an IPv6 address has 8'],
  ['1:2:3:4:5:6:7:8:9', 'has 9 groups where an IPv6 address has 8'],
  ['1:2:3:4::5:6:7:8', 'has 8 groups beside "::", where an IPv6 address has 8 in all'],
  ['2001:db8::12345', 'has more than 4 hex digits in group 3'],
  ['2001:db8::g', 'has "g" in group 3, which is not a hex number'],
  ['::1.2.3', 'ends in an IPv4 part that has 3 parts where an IPv4 address has 4'],
  ['::1.2.3.04', 'ends in an IPv4 part that has a leading zero in part 4'],
];

for (const [text, error] of refused) {
  test(`refuses ${JSON.stringify(text)}: it ${error}`, () =>
    assert.deepEqual(parseAddress(text), { ok: false, error }));
}

test('an error never repeats a long text', () => {
  const long = parseAddress(`1.${'x'.repeat(100_000)}.2.3`);
  assert.ok(!long.ok && long.error.length < 100);
  const hex = parseAddress(`1.${'f'.repeat(100_000)}.2.3`);
  assert.ok(!hex.ok && hex.error.length < 120);
});

const printed: readonly [says: string, text: string, want: string][] = [
  ['lower case without leading zeros', '2001:0DB8:0:1:1:1:1:000A', '2001:db8:0:1:1:1:1:a'],
  ['the longest run of zeros is elided', '2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
  ['the first of two equal runs is elided', '2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['a single zero group is kept', '2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['an elided single group is written out', '1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  ['zeros at the end', '2001:db8::', '2001:db8::'],
  ['only zeros', '0:0:0:0:0:0:0:0', '::'],
];

for (const [says, text, want] of printed) {
  test(`is formatted by RFC 5952: ${says}`, () => {
    const parsed = parseAddress(text);
    assert.equal(parsed.ok && formatAddress(parsed.value), want);
  });
}

test('an IPv4-mapped address is formatted with a dotted quad', () =>
  assert.equal(formatAddress(v6(0xffff_c000_0201n)), '::ffff:192.0.2.1'));

test('IPv4 sorts before IPv6, and addresses by number', () => {
  const sorted = [v6(0n), v4(9n), v4(10n), v4(0xffff_ffffn), v6(1n << 127n)];
  assert.deepEqual([...sorted].reverse().sort(compareAddresses), [
    v4(9n),
    v4(10n),
    v4(0xffff_ffffn),
    v6(0n),
    v6(1n << 127n),
  ]);
  assert.equal(compareAddresses(v6(5n), v6(5n)), 0);
});

test('the same number in another family is another address', () => {
  assert.equal(sameAddress(v4(1n), v6(1n)), false);
  assert.equal(sameAddress(v6(1n), v6(1n)), true);
});
