/** Addresses that a node has just left. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  RECENT_ADDRESSES_MAX,
  RECENT_FOR,
  RecentAddresses,
} from '../../../src/layer2/packets/recent-addresses.ts';
import type { Address } from '../../../src/net/address.ts';

const address = (index: number): Address => ({ family: 4, bits: BigInt(index) });

describe('a recent address', () => {
  it('is recent for a minute, and once', () => {
    const recent = new RecentAddresses();
    recent.left(address(1), 0);
    recent.left(address(2), 0);
    assert.equal(recent.take(address(1), RECENT_FOR - 1), true);
    assert.equal(recent.take(address(1), RECENT_FOR - 1), false);
    assert.equal(recent.take(address(2), RECENT_FOR), false);
    assert.equal(recent.take(address(3), 0), false);
  });

  it('is forgotten when too many are newer', () => {
    const recent = new RecentAddresses();
    for (let index = 0; index <= RECENT_ADDRESSES_MAX; index++) recent.left(address(index), 0);
    assert.equal(recent.take(address(0), 0), false);
    assert.equal(recent.take(address(1), 0), true);
    assert.equal(recent.take(address(RECENT_ADDRESSES_MAX), 0), true);
  });
});
