import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../../src/base/json.ts';
import { SnapshotDelta, serviceAsRaw } from '../../../../src/controller/announced/calico/snapshot-delta.ts';
import { service } from '../../../allocation/support/test-cluster.ts';

const object = (name: string): Raw => ({ kind: 'Node', metadata: { name } });

describe('the snapshot delta', () => {
  it('lists all objects at first, then only replaced and deleted ones', () => {
    const delta = new SnapshotDelta();
    const [a, b] = [object('a'), object('b')];
    assert.deepEqual(delta.since([a, b], true), { isFull: true, upserted: [a, b], deleted: [] });
    assert.deepEqual(delta.since([a, b], false), { isFull: false, upserted: [], deleted: [] });
    const changed = object('b');
    assert.deepEqual(delta.since([changed], false), { isFull: false, upserted: [changed], deleted: [a] });
  });

  it('lists all objects again where the receiver has none', () => {
    const delta = new SnapshotDelta();
    const a = object('a');
    delta.since([a], true);
    assert.deepEqual(delta.since([a], true), { isFull: true, upserted: [a], deleted: [] });
  });

  it('gives the same raw object for an unchanged Service', () => {
    const one = service('web');
    assert.equal(serviceAsRaw(one), serviceAsRaw(one));
    assert.notEqual(serviceAsRaw({ ...one }), serviceAsRaw(one));
  });
});
