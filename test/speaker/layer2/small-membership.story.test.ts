/** Clusters of a few speakers that fall apart, with and without the API server: who keeps which addresses. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertLiving, NOTICED, NOTICED_TOGETHER, STARTED, started } from './support/started-cluster.ts';

describe('a small cluster', () => {
  it('of one speaker has that one alive, whatever it reaches', () => {
    const cluster = started(1);
    cluster.apiFails();
    cluster.run(NOTICED);
    assertLiving(cluster, cluster.names);
    assert.equal(cluster.of('node-0').membership.isAlone, false);
  });

  it('of two that lose each other and the API server has both alive, each for what it owns', () => {
    const cluster = started(2);
    cluster.scatter({ reachesApi: false });
    cluster.run(NOTICED);
    for (const name of cluster.names) {
      assert.equal(cluster.of(name).presence?.isOutside, false);
      assert.ok(cluster.ownersFor(name, name).includes(name));
    }
  });

  it('whose speakers are all apart keeps each owner, while the API server is up', () => {
    const cluster = started(3);
    cluster.scatter({ reachesApi: true });
    cluster.run(NOTICED_TOGETHER);
    for (const judge of cluster.names)
      for (const owner of cluster.names) assert.deepEqual(cluster.ownersFor(judge, owner), [owner]);
    cluster.heal();
    cluster.run(STARTED);
    assertLiving(cluster, cluster.names);
  });

  it('in two halves has each address answered for by the half with its owner', () => {
    const cluster = started(4);
    const [a = '', b = '', c = '', d = ''] = cluster.names;
    cluster.separate([c, d], { reachesApi: true });
    cluster.run(NOTICED_TOGETHER);
    for (const judge of cluster.names) {
      assert.deepEqual(cluster.ownersFor(judge, b), [a, b]);
      assert.deepEqual(cluster.ownersFor(judge, d), [c, d]);
      assert.equal(cluster.of(judge).presence?.isOutside, false);
    }
  });

  it('in two halves without the API server keeps each owner for as long as that lasts', () => {
    const cluster = started(4);
    const [a = '', b = '', c = '', d = ''] = cluster.names;
    cluster.apiFails();
    cluster.separate([c, d], { reachesApi: false });
    cluster.run(60_000);
    for (const judge of cluster.names) {
      assert.deepEqual(cluster.ownersFor(judge, b), [a, b]);
      assert.deepEqual(cluster.ownersFor(judge, d), [c, d]);
    }
  });

  it('of which half dies without the API server takes over when that shows the loss', () => {
    const cluster = started(4);
    const [a = '', b = '', c = '', d = ''] = cluster.names;
    cluster.apiFails();
    cluster.kill(c, d);
    cluster.run(60_000);
    for (const judge of [a, b]) assert.deepEqual(cluster.ownersFor(judge, d), [c, d], 'nobody can tell');
    cluster.heal();
    cluster.run(NOTICED);
    for (const judge of [a, b]) assert.deepEqual(cluster.ownersFor(judge, d), [a, b]);
  });

  it('of which more than half dies without the API server is outside in its own eyes until that is back', () => {
    const cluster = started(5);
    const [a = '', b = '', ...gone] = cluster.names;
    cluster.apiFails();
    cluster.kill(...gone);
    cluster.run(60_000);
    for (const judge of [a, b]) assert.equal(cluster.of(judge).presence?.isOutside, true);
    cluster.heal();
    cluster.run(NOTICED);
    assertLiving(cluster, [a, b]);
  });

  it('of which one half alone reaches the API server has both answer, each for its side', () => {
    const cluster = started(4);
    const [a = '', b = '', c = '', d = ''] = cluster.names;
    cluster.separate([c, d], { reachesApi: false });
    cluster.run(NOTICED_TOGETHER);
    for (const judge of [a, b]) assert.deepEqual(cluster.ownersFor(judge, d), [a, b]);
    for (const judge of [c, d]) assert.deepEqual(cluster.ownersFor(judge, d), [c, d]);
    for (const judge of [c, d]) assert.deepEqual(cluster.ownersFor(judge, b), [a, b], 'takes nothing');
  });
});
