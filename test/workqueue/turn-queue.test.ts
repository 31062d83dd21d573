import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TurnQueue } from '../../src/workqueue/turn-queue.ts';
import { underSeeds } from '../support/random.ts';

function filled(limit: number, ...items: readonly string[]): { queue: TurnQueue<string>; dropped: string[] } {
  const queue = new TurnQueue<string>(limit);
  const dropped = items.flatMap((item) => queue.push(item.charAt(0), item) ?? []);
  return { queue, dropped };
}

const drain = (queue: TurnQueue<string>): readonly string[] => {
  const all: string[] = [];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) all.push(item);
  return all;
};

describe('lanes of a queue', () => {
  it('take turns, and each keeps its order', () => {
    const { queue } = filled(9, 'a1', 'a2', 'a3', 'b1', 'c1', 'b2');
    assert.deepEqual(drain(queue), ['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
    assert.equal(queue.size, 0);
  });

  it('begin at the end of the turns, also after they were empty', () => {
    const { queue } = filled(9, 'a1', 'b1', 'b2');
    assert.equal(queue.shift(), 'a1');
    queue.push('a', 'a2');
    assert.deepEqual(drain(queue), ['b1', 'a2', 'b2']);
  });

  it('that are the longest drop their oldest item when the queue is full', () => {
    const { queue, dropped } = filled(4, 'a1', 'b1', 'a2', 'a3', 'c1', 'a4');
    assert.deepEqual(dropped, ['a1', 'a2']);
    assert.deepEqual(drain(queue), ['a3', 'b1', 'c1', 'a4']);
  });

  it('lose an item only where all have one, and the newest of them comes', () => {
    const { queue, dropped } = filled(1, 'a1', 'b1');
    assert.deepEqual([dropped, drain(queue)], [['a1'], ['b1']]);
  });
});

it('whatever one of two lanes does, an item of the other is among the next two', () => {
  underSeeds(20, 500, (random) => {
    const limit = 10 + random.below(40);
    const queue = new TurnQueue<string>(limit);
    let size = 0;
    for (let step = 0; step < 300; step++) {
      if (random.chance(0.6)) size += queue.push('flood', `flood ${step}`) === undefined ? 1 : 0;
      else if (queue.shift() !== undefined) size -= 1;
      assert.equal(queue.size, size);
      assert.ok(size <= limit);
    }
    const lost = queue.push('quiet', 'quiet');
    assert.notEqual(lost, 'quiet');
    assert.ok([queue.shift(), queue.shift()].includes('quiet'));
  });
});
