/** Communities in the notation of MetalLB's objects. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  formatCommunity,
  formatStandardCommunity,
  parseCommunity,
  WELL_KNOWN_COMMUNITIES,
  wellKnownCommunityName,
} from '../../../src/bgp/attributes/community.ts';
import { underSeeds } from '../../support/random.ts';

describe('a community', () => {
  const rows: readonly (readonly [text: string, expected: string])[] = [
    ['64512:100', '64512:100'],
    ['0:0', '0:0'],
    ['65535:65535', '65535:65535'],
    ['00100:007', '100:7'],
    ['large:4294967295:0:1', 'large:4294967295:0:1'],
    ['65536:1', '"65536:1": invalid community value: invalid section "65536", not a number from 0 to 65535'],
    ['1:65536', '"1:65536": invalid community value: invalid section "65536", not a number from 0 to 65535'],
    ['1:', '"1:": invalid community value: invalid section "", not a number from 0 to 65535'],
    ['+1:2', '"+1:2": invalid community value: invalid section "+1", not a number from 0 to 65535'],
    ['1:-2', '"1:-2": invalid community value: invalid section "-2", not a number from 0 to 65535'],
    ['0x1:2', '"0x1:2": invalid community value: invalid section "0x1", not a number from 0 to 65535'],
    [
      'large:4294967296:0:1',
      '"large:4294967296:0:1": invalid community value: invalid section "4294967296", not a number from 0 to 4294967295',
    ],
    [
      'large:1:x:1',
      '"large:1:x:1": invalid community value: invalid section "x", not a number from 0 to 4294967295',
    ],
    [
      'large:1:1: ',
      '"large:1:1: ": invalid community value: invalid section " ", not a number from 0 to 4294967295',
    ],
  ];
  for (const [text, expected] of rows) {
    it(JSON.stringify(text), () => {
      const read = parseCommunity(text);
      assert.equal(read.ok ? formatCommunity(read.value) : read.error, expected);
    });
  }

  for (const text of ['', '100', '1:2:3', 'large:1:2', 'Large:1:2:3', 'large:1:2:3:4', 'x'.repeat(100)]) {
    it(`${JSON.stringify(text.slice(0, 20))} is rejected with MetalLB's wording`, () => {
      const read = parseCommunity(text);
      assert.ok(!read.ok && read.error.includes('expected community to be of format large'));
      assert.ok(read.error.length < 250);
    });
  }

  it('parses as it is formatted', () => {
    underSeeds(200, 2000, (random) => {
      const value = random.below(65_536) * 65_536 + random.below(65_536);
      assert.deepEqual(parseCommunity(formatStandardCommunity(value)), {
        ok: true,
        value: { kind: 'standard', value },
      });
    });
  });

  it('has a name if it is well-known', () => {
    assert.equal(wellKnownCommunityName(65_535 * 65_536), 'graceful-shutdown');
    assert.equal(formatStandardCommunity(WELL_KNOWN_COMMUNITIES['no-export']), '65535:65281');
    assert.equal(wellKnownCommunityName(1), null);
    for (const [name, value] of Object.entries(WELL_KNOWN_COMMUNITIES))
      assert.equal(wellKnownCommunityName(value), name);
  });
});
