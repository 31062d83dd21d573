/** What the others have lost: published, reported ahead of that, and reported by somebody who only recorded it. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { RemoteLosses } from '../../../src/layer2/membership/remote-losses.ts';

describe('what other speakers have lost', () => {
  let remote: RemoteLosses;

  beforeEach(() => {
    remote = new RemoteLosses();
    publishes({});
  });

  /** The status object of n1. */
  const publishes = (fields: { boot?: string; sequence?: number; lost?: readonly string[] }, now = 0): void =>
    remote.setPublished([{ node: 'n1', boot: 'first', sequence: 0, lost: [], ...fields }], now);

  const reports = (
    sequence: number,
    lost: readonly string[],
    { boot = 'first', sender = 'n1', now = 0 } = {},
  ) => remote.receive({ sender, boot, sequence, serial: 1, lost }, now);

  const known = (): readonly string[] =>
    remote.losses.map(({ watcher, node, since }) => `${watcher} ! ${node} at ${since}`);

  const unpublished = (): readonly string[] =>
    remote.losses.flatMap(({ node, isUnpublished }) => (isUnpublished === true ? [node] : []));

  it('is what they have published, since it was seen first', () => {
    publishes({ sequence: 1, lost: ['n2'] }, 100);
    publishes({ sequence: 2, lost: ['n2', 'n3'] }, 200);
    assert.deepEqual(known(), ['n1 ! n2 at 100', 'n1 ! n3 at 200']);
    publishes({ sequence: 3 }, 300);
    assert.deepEqual(known(), []);
  });

  it('is what they report ahead of that', () => {
    assert.equal(reports(1, ['n2'], { now: 50 }), 'accepted');
    assert.deepEqual(known(), ['n1 ! n2 at 50']);
    assert.deepEqual(unpublished(), ['n2']);
    publishes({ sequence: 1, lost: ['n2'] }, 100);
    assert.deepEqual(known(), ['n1 ! n2 at 50'], 'the same, published later');
    assert.deepEqual(unpublished(), []);
  });

  it('is not what an older object says that comes after the report', () => {
    reports(2, ['n2']);
    publishes({ sequence: 1, lost: ['n3'] });
    assert.deepEqual(known(), ['n1 ! n2 at 0']);
  });

  it('is what they take back', () => {
    publishes({ sequence: 1, lost: ['n2'] });
    assert.equal(reports(2, []), 'accepted');
    assert.deepEqual(known(), []);
  });

  for (const [says, act, outcome] of [
    ['the same report again', () => reports(2, ['n2']), 'replayed'],
    ['an earlier one', () => reports(1, ['n2']), 'replayed'],
    ['one of an earlier process', () => reports(9, ['n2'], { boot: 'zeroth' }), 'other-boot'],
    ['one of a node without a speaker', () => reports(9, ['n2'], { sender: 'n9' }), 'unknown-sender'],
  ] as const)
    it(`is not changed by ${says}`, () => {
      reports(2, ['n2']);
      reports(3, []);
      assert.equal(act(), outcome);
      assert.deepEqual(known(), []);
    });

  it('is not changed by a recorded report once the object says as much, though this speaker is new', () => {
    publishes({ sequence: 3 });
    assert.equal(reports(3, ['n2']), 'replayed');
    assert.deepEqual(known(), []);
  });

  it('begins anew with another process of the sender', () => {
    reports(7, ['n2']);
    publishes({ boot: 'second', sequence: 0 });
    assert.deepEqual(known(), []);
    assert.equal(reports(8, ['n2']), 'other-boot');
    assert.equal(reports(1, ['n3'], { boot: 'second' }), 'accepted');
    assert.deepEqual(known(), ['n1 ! n3 at 0']);
  });

  it('ends with the object', () => {
    reports(7, ['n2']);
    remote.setPublished([], 0);
    assert.deepEqual(known(), []);
  });
});
