/** Addresses that another host uses: when a conflict begins, which one is named, and when it is over. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import {
  AddressConflicts,
  CONFLICT_HOLD,
  CONFLICTS_MAX,
} from '../../../src/speaker/layer2/address-conflicts.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const conflict = (last: number, mac = '02:00:00:00:00:99') => ({
  ...{ address: `10.0.0.${last}`, mac, interface: 'eth0' },
});

describe('conflicts of addresses', () => {
  let clock: FakeClock;
  let conflicts: AddressConflicts;
  let changes: number;

  beforeEach(() => {
    clock = new FakeClock();
    changes = 0;
    conflicts = new AddressConflicts(clock, () => changes++);
  });

  it('are over when the other host was not seen for the hold time', () => {
    conflicts.seen(conflict(1));
    clock.advance(CONFLICT_HOLD - 1);
    conflicts.seen(conflict(1));
    clock.advance(CONFLICT_HOLD - 1);
    assert.deepEqual([conflicts.list, changes], [[conflict(1)], 1]);
    clock.advance(1);
    assert.deepEqual([conflicts.list, changes], [[], 2]);
  });

  it('name the first host, so that many MAC addresses cause no writes', () => {
    for (let last = 10; last < 60; last++) conflicts.seen(conflict(1, `02:00:00:00:00:${last}`));
    assert.deepEqual([conflicts.list, changes], [[conflict(1, '02:00:00:00:00:10')], 1]);
  });

  it('are limited', () => {
    for (let last = 1; last <= CONFLICTS_MAX + 5; last++) conflicts.seen(conflict(last));
    assert.deepEqual([conflicts.list.length, changes], [CONFLICTS_MAX, CONFLICTS_MAX]);
  });

  it('go with the address', () => {
    conflicts.seen(conflict(1));
    conflicts.seen(conflict(2));
    conflicts.keepOnly((address) => address === '10.0.0.2');
    assert.deepEqual([conflicts.list, changes], [[conflict(2)], 3]);
    clock.advance(CONFLICT_HOLD);
    assert.deepEqual([conflicts.list, changes], [[], 4]);
  });
});
