import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ClusterObject } from '../../../../src/calico/objects/cluster-object.ts';
import {
  decodedObject,
  SnapshotDelta,
  serviceObject,
} from '../../../../src/controller/announced/calico/snapshot-delta.ts';
import { decodeNode } from '../../../../src/objects/node.ts';
import { service } from '../../../allocation/support/test-cluster.ts';

const object = (name: string, label = ''): ClusterObject => ({
  type: 'node',
  node: decodeNode({ metadata: { name, labels: { label } } }),
});

describe('the snapshot delta', () => {
  it('lists all objects at first, then only changed and deleted ones', () => {
    const delta = new SnapshotDelta();
    const [a, b] = [object('a'), object('b')];
    assert.deepEqual(delta.since([a, b], true), { isFull: true, upserted: [a, b], deleted: [] });
    assert.deepEqual(delta.since([a, b], false), { isFull: false, upserted: [], deleted: [] });
    const changed = object('b', 'new');
    assert.deepEqual(delta.since([changed], false), { isFull: false, upserted: [changed], deleted: [a] });
  });

  it('lists all objects again where the receiver has none', () => {
    const delta = new SnapshotDelta();
    const a = object('a');
    delta.since([a], true);
    assert.deepEqual(delta.since([a], true), { isFull: true, upserted: [a], deleted: [] });
  });

  it('leaves out an update of which the model reads nothing', () => {
    const delta = new SnapshotDelta();
    const web = service('web');
    delta.since([serviceObject(web)], true);
    const written = serviceObject({ ...web, resourceVersion: '9', statusWriter: 'berth' });
    assert.deepEqual(delta.since([written], false).upserted, []);
    const moved = serviceObject({ ...web, externalTrafficPolicy: 'Local' });
    assert.deepEqual(delta.since([moved], false).upserted, [moved]);
  });

  it('gives the same object for an unchanged Service, and for the same raw object', () => {
    const web = service('web');
    assert.equal(serviceObject(web), serviceObject(web));
    const raw = { kind: 'BGPPeer', metadata: { name: 'tor' } };
    assert.equal(decodedObject(raw), decodedObject(raw));
    assert.equal(decodedObject({ kind: 'Service', metadata: {} }), null);
  });
});
