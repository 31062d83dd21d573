import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../../src/base/json.ts';
import { SnapshotDelta, serviceAsRaw } from '../../../../src/controller/announced/calico/snapshot-delta.ts';
import { service } from '../../../allocation/support/test-cluster.ts';

const object = (name: string): Raw => ({ kind: 'Node', metadata: { name } });

describe('news', () => {
  it('brings everything at first, and then what is another object or gone', () => {
    const news = new SnapshotDelta();
    const [a, b] = [object('a'), object('b')];
    assert.deepEqual(news.since([a, b], true), { afresh: true, put: [a, b], gone: [] });
    assert.deepEqual(news.since([a, b], false), { afresh: false, put: [], gone: [] });
    const changed = object('b');
    assert.deepEqual(news.since([changed], false), { afresh: false, put: [changed], gone: [a] });
  });

  it('brings everything to whoever has forgotten it', () => {
    const news = new SnapshotDelta();
    const a = object('a');
    news.since([a], true);
    assert.deepEqual(news.since([a], true), { afresh: true, put: [a], gone: [] });
  });

  it('knows a Service that did not change for the same', () => {
    const one = service('web');
    assert.equal(serviceAsRaw(one), serviceAsRaw(one));
    assert.notEqual(serviceAsRaw({ ...one }), serviceAsRaw(one));
  });
});
