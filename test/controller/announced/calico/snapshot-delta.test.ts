import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { clusterObjectKey } from '../../../../src/calico/objects/cluster-object.ts';
import { serviceObject } from '../../../../src/controller/announced/calico/model-objects.ts';
import { SnapshotDelta } from '../../../../src/controller/announced/calico/snapshot-delta.ts';
import type { Service } from '../../../../src/objects/service.ts';
import { service } from '../../../allocation/support/test-cluster.ts';

describe('the snapshot delta', () => {
  let delta: SnapshotDelta<Service>;
  beforeEach(() => {
    delta = new SnapshotDelta<Service>({ keyOf: ({ key }) => key, toObject: serviceObject });
  });
  const since = (services: readonly Service[], isFull = false): readonly [string[], string[]] => {
    const { upserted, deleted } = delta.since(services, isFull);
    return [upserted.map(clusterObjectKey), deleted.map(clusterObjectKey)];
  };
  const A = 'Service default/a';
  const B = 'Service default/b';

  it('lists all objects at first, then only changed and deleted ones', () => {
    const [a, b] = [service('a'), service('b')];
    assert.deepEqual(since([a, b]), [[A, B], []]);
    assert.deepEqual(since([a, b]), [[], []]);
    assert.deepEqual(since([{ ...b, externalTrafficPolicy: 'Local' }]), [[B], [A]]);
  });

  it('lists all objects again where the receiver has none', () => {
    const a = service('a');
    since([a]);
    assert.deepEqual(since([a], true), [[A], []]);
  });

  it('leaves out an update of which the model reads nothing', () => {
    const a = service('a');
    since([a]);
    assert.deepEqual(since([{ ...a, resourceVersion: '9', statusWriter: 'berth' }]), [[], []]);
    assert.deepEqual(since([{ ...a, externalTrafficPolicy: 'Local' }]), [[A], []]);
  });
});
