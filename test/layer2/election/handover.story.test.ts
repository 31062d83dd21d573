/** An address goes to another node: the previous owner answers until the successor has announced it, for a second at most. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HANDOVER_MAX, Handover, NO_SUCCESSOR } from '../../../src/layer2/election/handover.ts';
import type { OwnedAddress } from '../../../src/layer2/packets/layer2-wire.ts';
import { formatAddress } from '../../../src/net/address.ts';

const owned = (last: number): OwnedAddress => ({
  ...{ address: { family: 4, bits: 0x0a000000n + BigInt(last) }, interfaces: null, isProbed: false },
});
const [A, B] = ['10.0.0.1', '10.0.0.2'];
const both = [owned(1), owned(2)];
const to = (node: string) => () => node;

const answered = (handover: Handover): readonly string[] =>
  handover.table.map(({ address }) => formatAddress(address)).sort();

function owner(): Handover {
  const handover = new Handover();
  handover.update(both, NO_SUCCESSOR, 0);
  return handover;
}

describe('an address that another node takes', () => {
  it('is answered for until the successor announces it', () => {
    const one = owner();
    one.update([owned(1)], to('n2'), 100);
    assert.deepEqual(answered(one), [A, B]);
    one.announced(owned(2).address, 'n2', 150);
    assert.deepEqual(answered(one), [A]);
    assert.equal(one.nextDue, null);
  });

  it('is silent after a second where nothing is seen of the successor', () => {
    const one = owner();
    one.update([owned(1)], to('n2'), 100);
    assert.equal(one.nextDue, 100 + HANDOVER_MAX);
    one.expire(100 + HANDOVER_MAX - 1);
    assert.deepEqual(answered(one), [A, B]);
    one.expire(100 + HANDOVER_MAX);
    assert.deepEqual(answered(one), [A]);
  });

  it('is silent at once where the successor was quicker than the own election', () => {
    const one = owner();
    one.announced(owned(2).address, 'n2', 90);
    one.update([owned(1)], to('n2'), 100);
    assert.deepEqual(answered(one), [A]);
  });

  it('is not given up for an announcement of long ago, or of a third node', () => {
    const one = owner();
    one.announced(owned(2).address, 'n2', 0);
    one.update([owned(1)], to('n2'), HANDOVER_MAX + 1);
    one.announced(owned(2).address, 'n3', HANDOVER_MAX + 2);
    assert.deepEqual(answered(one), [A, B]);
  });

  it('is silent at once where nobody takes it', () => {
    const one = owner();
    one.update([owned(1)], NO_SUCCESSOR, 100);
    assert.deepEqual(answered(one), [A]);
  });

  it('waits no longer where the successor changes, or is gone', () => {
    const one = owner();
    one.update([], to('n2'), 100);
    one.update([], to('n3'), 200);
    one.announced(owned(1).address, 'n2', 250);
    assert.deepEqual(answered(one), [A, B]);
    assert.equal(one.nextDue, 100 + HANDOVER_MAX);
    one.announced(owned(1).address, 'n3', 300);
    assert.deepEqual(answered(one), [B]);
    one.update([], NO_SUCCESSOR, 400);
    assert.deepEqual(answered(one), []);
  });

  it('is kept where it comes back meanwhile', () => {
    const one = owner();
    one.update([], to('n2'), 100);
    one.update(both, NO_SUCCESSOR, 200);
    one.announced(owned(1).address, 'n2', 250);
    one.expire(100 + HANDOVER_MAX);
    assert.deepEqual(answered(one), [A, B]);
  });
});

describe('a node that stops', () => {
  it('answers for each address until anybody announces it, at most for a second', () => {
    const one = owner();
    one.announced(owned(1).address, 'n2', 10);
    one.leaveAll(20);
    assert.deepEqual(answered(one), [A, B]);
    one.announced(owned(1).address, 'n3', 30);
    assert.deepEqual(answered(one), [B]);
    one.expire(20 + HANDOVER_MAX);
    assert.equal(one.isLeaving, false);
    assert.deepEqual(answered(one), []);
  });
});
