import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Heap, type HeapItem } from '../../src/workqueue/heap.ts';
import { underSeeds } from '../support/random.ts';

type Item = HeapItem & { weight: number };

test('a heap gives up its items in order, whatever is added, moved and taken out of the middle', () => {
  underSeeds(20, 500, (random) => {
    const heap = new Heap<Item>((a, b) => a.weight < b.weight);
    const inside = new Set<Item>();
    for (let step = 0; step < 400; step++) {
      const known = [...inside];
      const does = known.length === 0 ? 0 : random.below(4);
      if (does < 2) {
        const item = { weight: random.below(50), slot: -1 };
        heap.add(item);
        inside.add(item);
      } else if (does === 2) {
        const item = random.pick(known);
        item.weight = random.below(50);
        heap.update(item);
      } else {
        const item = random.pick(known);
        heap.remove(item);
        inside.delete(item);
        assert.equal(item.slot, -1);
      }
      assert.equal(heap.size, inside.size);
      assert.equal(heap.first?.weight, [...inside].map((item) => item.weight).sort((a, b) => a - b)[0]);
    }
    const rest: number[] = [];
    for (let first = heap.first; first !== undefined; first = heap.first) {
      rest.push(first.weight);
      heap.remove(first);
    }
    assert.deepEqual(
      rest,
      [...inside].map((item) => item.weight).sort((a, b) => a - b),
    );
  });
});

test('an item that is in no heap can be removed without harm', () => {
  const heap = new Heap<Item>((a, b) => a.weight < b.weight);
  const stranger = { weight: 1, slot: -1 };
  heap.add({ weight: 2, slot: -1 });
  heap.remove(stranger);
  assert.equal(heap.size, 1);
});
