/** Clusters with more speakers than watch each other all: who is taken for alive, by each of them, and when. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { speakerKey } from '../../../src/layer2/membership/key-ring.ts';
import { encodeReport } from '../../../src/layer2/membership/loss-report.ts';
import { FULL_MESH_MAX, WATCHERS } from '../../../src/layer2/membership/watch-graph.ts';
import { assertLiving, NOTICED, NOTICED_TOGETHER, STARTED, started } from './support/started-cluster.ts';

const SIZES = process.env['BERTH_FULL'] === '1' ? [FULL_MESH_MAX + 1, 100, 500] : [FULL_MESH_MAX + 1, 100];

/** Where half of all die at once, so many of the rest have no neighbour left, as a share: see the decision on liveness. */
const LONELY_MAX = 0.01;

for (const size of SIZES)
  describe(`a cluster of ${size} speakers`, () => {
    it('has a few sessions a node, and all are alive', () => {
      const cluster = started(size);
      assert.ok(cluster.sessionsMax < FULL_MESH_MAX, `${cluster.sessionsMax}`);
      assertLiving(cluster, cluster.names);
    });

    it('misses a node that dies', () => {
      const cluster = started(size);
      const [victim = '', ...others] = cluster.names;
      cluster.kill(victim);
      cluster.run(NOTICED);
      assertLiving(cluster, others);
    });

    it('misses a node that dies together with all its neighbours', () => {
      const cluster = started(size);
      const victim = cluster.names[0] ?? '';
      const gone = new Set([victim, ...cluster.of(victim).bfd.wanted]);
      cluster.kill(...gone);
      cluster.run(NOTICED);
      assertLiving(
        cluster,
        cluster.names.filter((name) => !gone.has(name)),
      );
    });

    it('gives a node whose watchers died other ones, when their Pods are not ready', () => {
      const cluster = started(size);
      const { names } = cluster;
      const lonely = names[0] ?? '';
      const gone = new Set(cluster.of(lonely).bfd.wanted);
      cluster.kill(...gone);
      cluster.run(NOTICED);
      // Nobody can tell: it is in no larger set than itself, and the API server says so to it as well.
      const left = names.filter((name) => !gone.has(name));
      assertLiving(
        cluster,
        left.filter((name) => name !== lonely),
        left,
      );
      cluster.podsFail(...gone);
      cluster.run(STARTED);
      assertLiving(cluster, left);
      assert.ok(cluster.of(lonely).membership.linked.length >= WATCHERS);
    });

    it('takes a node that is cut off for nothing else when it gets another watcher', () => {
      const cluster = started(size);
      const { names } = cluster;
      const lonely = names[0] ?? '';
      const [watcher = ''] = cluster.of(lonely).bfd.wanted;
      cluster.separate([lonely], { reachesApi: true });
      cluster.run(NOTICED);
      cluster.kill(watcher);
      cluster.podsFail(watcher);
      cluster.run(STARTED);
      const left = names.filter((name) => name !== watcher);
      assertLiving(
        cluster,
        left.filter((name) => name !== lonely),
        left,
      );
    });

    it('goes on with one half when the other dies, and with those that lost all neighbours when Pods are not ready', () => {
      const cluster = started(size);
      const left = cluster.names.filter((_, index) => index % 2 === 1);
      const gone = cluster.names.filter((_, index) => index % 2 === 0);
      const lonely = left.filter((name) =>
        [...cluster.of(name).bfd.wanted].every((one) => gone.includes(one)),
      );
      assert.ok(lonely.length <= size * LONELY_MAX, `${lonely.length} have no neighbour left`);
      cluster.kill(...gone);
      cluster.run(NOTICED_TOGETHER);
      // Nobody hears these any more, and they hear nobody: nobody can tell them from those that died.
      const heard = left.filter((name) => !lonely.includes(name));
      assertLiving(cluster, heard, left);
      for (const name of lonely) assert.equal(cluster.of(name).presence?.isOutside, true, name);
      cluster.podsFail(...gone);
      cluster.run(STARTED);
      assertLiving(cluster, left);
    });

    it('leaves out a node that is cut off, which notices that without the API server', () => {
      const cluster = started(size);
      const { names } = cluster;
      const [lonely = '', ...others] = names;
      cluster.separate([lonely], { reachesApi: false });
      cluster.run(NOTICED);
      assertLiving(cluster, others);
      assert.ok(!cluster.livingFor(lonely).has(lonely));
      assert.ok(cluster.of(lonely).membership.isAlone, 'then it asks the API server, and falls silent');
      cluster.heal();
      cluster.run(STARTED);
      assertLiving(cluster, names);
    });

    it('leaves out a part that is cut off with the API server gone, also in its own eyes', () => {
      const cluster = started(size);
      const { names } = cluster;
      const part = names.slice(0, Math.floor(size / 3));
      cluster.separate(part, { reachesApi: false });
      cluster.run(NOTICED);
      assertLiving(cluster, names.slice(part.length), names);
      for (const name of part) assert.ok(cluster.of(name).presence?.isOutside, name);
      cluster.heal();
      cluster.run(STARTED);
      assertLiving(cluster, names);
    });

    it('misses a node that dies while nobody reaches the API server', () => {
      const cluster = started(size);
      const [victim = '', ...others] = cluster.names;
      cluster.apiFails();
      cluster.kill(victim);
      cluster.run(NOTICED);
      assertLiving(cluster, others);
    });

    it('believes nobody who has not the key', () => {
      const cluster = started(size);
      const [first = '', second = ''] = cluster.names;
      const forged = { sender: second, boot: 'first', sequence: 99, serial: 99, lost: cluster.names };
      const octets = encodeReport(forged, [speakerKey('guessed')]);
      assert.equal(cluster.of(first).membership.receive(octets), 'forged');
      cluster.run(NOTICED);
      assertLiving(cluster, cluster.names);
    });

    it('believes of a speaker only what it says of those that it watches', () => {
      const cluster = started(size);
      const { names } = cluster;
      const [judge = '', victim = ''] = names;
      const watched = cluster.of(victim).bfd.wanted;
      const liars = names.filter((name) => name !== judge && name !== victim && !watched.has(name));
      for (const sender of liars) {
        const report = { sender, boot: 'first', sequence: 99, serial: 99, lost: [victim] };
        cluster.of(judge).membership.receive(encodeReport(report, cluster.keys));
      }
      cluster.run(NOTICED);
      assertLiving(cluster, names, [judge]);
    });

    it('leaves out the smaller of two parts, also in its own eyes, while the API server is up', () => {
      const cluster = started(size);
      const { names } = cluster;
      const part = names.slice(0, Math.floor(size / 3));
      cluster.separate(part, { reachesApi: true });
      cluster.run(NOTICED);
      assertLiving(cluster, names.slice(part.length), names);
      cluster.heal();
      cluster.run(STARTED);
      assertLiving(cluster, names);
    });
  });

describe('a network that was cut and is whole again', () => {
  /** Reports are repeated more often than that, and no session that was down is up so soon. */
  const SOON = 400;

  it('is noticed on both sides before BFD notices it, once for each speaker', () => {
    const cluster = started(4);
    const [a = '', b = '', c = '', d = ''] = cluster.names;
    cluster.separate([c, d], { reachesApi: true });
    cluster.run(NOTICED_TOGETHER);
    assert.deepEqual(cluster.returns, []);
    cluster.rejoin();
    cluster.run(SOON);
    assert.deepEqual([...cluster.of(a).membership.lost], [c, d], 'no session is up yet');
    const across = [a, b].flatMap((one) =>
      [c, d].flatMap((other) => [`${one}: ${other}`, `${other}: ${one}`]),
    );
    assert.deepEqual(cluster.returns.toSorted(), across.toSorted());
    cluster.run(STARTED);
    assert.deepEqual(cluster.of(a).membership.lost, []);
    assert.equal(
      cluster.returns.length,
      across.length,
      'the session that comes up after the report says nothing new',
    );
  });

  it('shows a part that took the others for dead that it is the smaller one, without the API server', () => {
    const cluster = started(3);
    const [a = '', b = '', c = ''] = cluster.names;
    for (const name of [a, b]) cluster.separate([name], { reachesApi: false });
    cluster.run(NOTICED_TOGETHER);
    assertLiving(cluster, [c], [c]);
    assertLiving(cluster, [a, b], [a, b]);
    cluster.rejoin();
    cluster.run(SOON);
    assertLiving(cluster, [a, b], cluster.names);
    assert.equal(cluster.of(c).presence?.isOutside, true);
  });

  it('is no sign where a speaker merely dies, or where the session of another process comes up', () => {
    const cluster = started(3);
    cluster.kill(cluster.names[0] ?? '');
    cluster.run(NOTICED_TOGETHER);
    assert.deepEqual(cluster.returns, []);
  });
});
