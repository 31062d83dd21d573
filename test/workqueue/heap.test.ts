import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Heap, type HeapItem } from '../../src/workqueue/heap.ts';
import { underSeeds } from '../support/random.ts';

type Item = HeapItem & { weight: number };

test('a heap returns its items in order, whatever is added, updated and removed', () => {
  underSeeds(20, 500, (random) => {
    const heap = new Heap<Item>((a, b) => a.weight < b.weight);
    const inside = new Set<Item>();
    for (let step = 0; step < 400; step++) {
      const known = [...inside];
      const operation = known.length === 0 ? 0 : random.below(4);
      if (operation < 2) {
        const item = { weight: random.below(50), slot: -1 };
        heap.add(item);
        inside.add(item);
      } else if (operation === 2) {
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

test('removing an item that is in no heap does nothing', () => {
  const heap = new Heap<Item>((a, b) => a.weight < b.weight);
  const outside = { weight: 1, slot: -1 };
  heap.add({ weight: 2, slot: -1 });
  heap.remove(outside);
  assert.equal(heap.size, 1);
});
