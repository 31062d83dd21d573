/** Extended communities, mainly the link bandwidth. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  formatExtendedCommunity,
  linkBandwidthCommunity,
  readLinkBandwidth,
} from '../../../src/bgp/attributes/extended-community.ts';

const hex = ({ high, low }: { readonly high: number; readonly low: number }): string =>
  `${high.toString(16).padStart(8, '0')} ${low.toString(16).padStart(8, '0')}`;

/** 125,000,000 bytes a second, a gigabit, is 0x4cee6b28 as FRR sends it. */
const GIGABIT = { asn: 64_512, bytesPerSecond: 125_000_000, transitive: false };

it('a link bandwidth is encoded like in FRR', () => {
  assert.equal(hex(linkBandwidthCommunity(GIGABIT)), '4004fc00 4cee6b28');
  assert.equal(hex(linkBandwidthCommunity({ ...GIGABIT, transitive: true })), '0004fc00 4cee6b28');
  assert.equal(hex(linkBandwidthCommunity({ ...GIGABIT, asn: 4_200_000_001 })), '40045ba0 4cee6b28');
  assert.equal(hex(linkBandwidthCommunity({ ...GIGABIT, bytesPerSecond: 0 })), '4004fc00 00000000');
});

it('a link bandwidth decodes to the same value', () => {
  for (const transitive of [true, false]) {
    for (const bytesPerSecond of [0, 1, 3, 1000, 125_000_000, 2 ** 40]) {
      const value = { asn: 1, bytesPerSecond, transitive };
      assert.deepEqual(readLinkBandwidth(linkBandwidthCommunity(value)), value);
    }
  }
});

it('other communities are not a link bandwidth', () => {
  for (const high of [0x0002_fc00, 0x4002_fc00, 0x0104_fc00, 0x8004_fc00]) {
    assert.equal(readLinkBandwidth({ high, low: 0x4cee_6b28 }), null);
  }
});

const rows: readonly (readonly [high: number, low: number, expected: string])[] = [
  [0x4004_fc00, 0x4cee_6b28, 'link-bandwidth:64512:125000000'],
  [0x0004_fc00, 0x4cee_6b28, 'link-bandwidth-transitive:64512:125000000'],
  [0x0002_fc00, 7, 'rt:64512:7'],
  [0x0003_fc00, 7, 'soo:64512:7'],
  [0x0102_c000, 0x0201_0007, 'rt:192.0.2.1:7'],
  [0x0202_fa56, 0xea01_0007, 'rt:4200000001:7'],
  [0x030c_0000, 0x0000_0008, '0x030c000000000008'],
];
for (const [high, low, expected] of rows)
  it(expected, () => assert.equal(formatExtendedCommunity({ high, low }), expected));
