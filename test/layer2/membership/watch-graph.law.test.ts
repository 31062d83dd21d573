/** Laws of who watches whom: few sessions, all connected, and as few changes as possible. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { connectedSets } from '../../../src/layer2/membership/alive.ts';
import {
  FULL_MESH_MAX,
  WATCHERS,
  type WatchGraph,
  WatchGraphs,
  watchGraph,
} from '../../../src/layer2/membership/watch-graph.ts';
import { type Random, underSeeds } from '../../support/random.ts';

const namesOf = (count: number, random: Random): readonly string[] => {
  const domain = random.below(1_000_000);
  return Array.from({ length: count }, (_, index) => `worker-${index}.r${domain}.example.com`).sort();
};

const of = (speakers: readonly string[], watchers: readonly string[] = speakers): WatchGraph =>
  watchGraph({ speakers, watchers, isFullMesh: false });

const neighboursOf = (graph: WatchGraph, name: string): ReadonlySet<string> => graph.get(name) ?? new Set();

/** The largest set of `names` that sessions among them connect. */
function largestSet(graph: WatchGraph, names: readonly string[]): number {
  const verdicts = names.flatMap((watcher) =>
    [...neighboursOf(graph, watcher)].map((node) => ({ watcher, node, isUp: true })),
  );
  return Math.max(...connectedSets(names, verdicts).map(({ size }) => size));
}

describe('who watches whom', () => {
  it('is everybody in a small cluster', () => {
    const names = ['a', 'b', 'c'];
    const graph = watchGraph({ speakers: names, watchers: ['a'], isFullMesh: true });
    assert.deepEqual([...neighboursOf(graph, 'b')].sort(), ['a', 'c']);
  });

  it('is the same from both ends, and never the node itself', () => {
    underSeeds(10, 200, (random) => {
      const graph = of(namesOf(FULL_MESH_MAX + 1 + random.below(100), random));
      for (const [name, neighbours] of graph) {
        assert.ok(!neighbours.has(name));
        for (const other of neighbours) assert.ok(neighboursOf(graph, other).has(name));
      }
    });
  });

  it('does not depend on the order of the names', () => {
    underSeeds(5, 50, (random) => {
      const names = namesOf(60, random);
      const sorted = (graph: WatchGraph) => names.map((name) => [...neighboursOf(graph, name)].sort());
      assert.deepEqual(sorted(of(names)), sorted(of(names.toReversed(), names.toReversed())));
    });
  });

  it('costs each node a bounded number of sessions, however many nodes there are', () => {
    underSeeds(3, 20, (random) => {
      for (const size of [FULL_MESH_MAX + 1, 100, 500]) {
        const counts = [...of(namesOf(size, random)).values()].map((one) => one.size);
        assert.ok(Math.min(...counts) >= WATCHERS, `${size}`);
        // The status object of a node lists as many as a full mesh has.
        assert.ok(Math.max(...counts) < FULL_MESH_MAX, `${size}: ${Math.max(...counts)}`);
        const all = counts.reduce((sum, one) => sum + one, 0);
        assert.ok(all <= 2 * WATCHERS * size);
      }
    });
  });

  it('connects all, and nearly all that are left when half of them is gone', () => {
    underSeeds(5, 100, (random) => {
      const names = namesOf(100 + random.below(200), random);
      const graph = of(names);
      assert.equal(largestSet(graph, names), names.length);
      const third = names.filter(() => random.chance(2 / 3));
      assert.ok(largestSet(graph, third) >= third.length - 1);
      const half = names.filter(() => random.chance(1 / 2));
      assert.ok(largestSet(graph, half) >= 0.95 * half.length);
    });
  });

  it('changes for those alone whose watcher is gone', () => {
    underSeeds(10, 200, (random) => {
      const names = namesOf(100, random);
      const [before, gone] = [of(names), random.pick(names)];
      const after = of(
        names,
        names.filter((name) => name !== gone),
      );
      for (const name of names) {
        const [had, has] = [neighboursOf(before, name), neighboursOf(after, name)];
        const lost = [...had].filter((other) => !has.has(other));
        assert.ok(lost.every((other) => other === gone || name === gone));
        const others = [...has].filter((other) => !had.has(other));
        for (const other of others)
          assert.ok(had.has(gone) || neighboursOf(before, other).has(gone), 'nobody else gets a new one');
      }
      assert.ok(neighboursOf(after, gone).size >= WATCHERS, 'it is watched, though it watches nobody');
    });
  });

  it('is computed once for a set of speakers', () => {
    const graphs = new WatchGraphs();
    const inputs = { speakers: ['a', 'b'], watchers: ['a'], isFullMesh: false };
    const first = graphs.of(inputs);
    assert.equal(graphs.of({ ...inputs, watchers: ['a'] }), first);
    assert.notEqual(graphs.of({ ...inputs, watchers: ['b'] }), first);
  });
});
