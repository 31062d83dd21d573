import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { InvariantError } from '../../src/base/invariant.ts';
import { PRIORITIES, type Priority, WorkQueue } from '../../src/workqueue/work-queue.ts';
import { underSeeds } from '../support/random.ts';

/** Takes and finishes all keys that are due. */
function takeAllDue(queue: WorkQueue<string>, now: number): string[] {
  const taken: string[] = [];
  for (let key = queue.take(now); key !== null; key = queue.take(now)) {
    taken.push(key);
    queue.done(key);
  }
  return taken;
}

test('a key waits once, however often it is added', () => {
  const queue = new WorkQueue<string>();
  for (let i = 0; i < 3; i++) queue.add('a');
  assert.equal(queue.size, 1);
  assert.deepEqual(takeAllDue(queue, 0), ['a']);
});

test('keys are taken by due time, then in the order in which they were added', () => {
  const queue = new WorkQueue<string>();
  queue.add('late', { dueAt: 20 });
  queue.add('first', { dueAt: 10 });
  queue.add('second', { dueAt: 10 });
  assert.deepEqual(takeAllDue(queue, 9), []);
  assert.deepEqual(takeAllDue(queue, 10), ['first', 'second']);
  assert.equal(queue.nextDue(), 20);
});

test('of two due times the sooner counts, in either order', () => {
  const queue = new WorkQueue<string>();
  queue.add('a', { dueAt: 100 });
  queue.add('a', { dueAt: 5 });
  queue.add('b', { dueAt: 5 });
  queue.add('b', { dueAt: 100 });
  assert.deepEqual(takeAllDue(queue, 5), ['a', 'b']);
});

test('a key that is added while it is in flight is enqueued again when it is done', () => {
  const queue = new WorkQueue<string>();
  queue.add('a');
  assert.equal(queue.take(0), 'a');
  queue.add('a');
  queue.add('a', { dueAt: 50 });
  assert.equal(queue.take(1000), null);
  assert.equal(queue.size, 1, 'it is to be enqueued again');
  assert.equal(queue.nextDue(), null, 'a key in flight is not due');
  queue.done('a');
  assert.equal(queue.take(0), 'a');
});

test('high priority comes before low priority that has been due for longer', () => {
  const queue = new WorkQueue<string>();
  queue.add('old and low', { priority: 'low' });
  queue.add('new and high', { dueAt: 10 });
  assert.deepEqual(takeAllDue(queue, 10), ['new and high', 'old and low']);
});

test('a key keeps the highest priority that it was added with', () => {
  const queue = new WorkQueue<string>();
  queue.add('a', { priority: 'low' });
  queue.add('a', { dueAt: 10 });
  queue.add('a', { priority: 'low' });
  assert.equal(queue.take(0, 'high'), 'a');
});

test('take with high priority leaves keys of low priority', () => {
  const queue = new WorkQueue<string>();
  queue.add('low', { priority: 'low', dueAt: 3 });
  queue.add('high', { dueAt: 7 });
  assert.equal(queue.nextDue('high'), 7);
  assert.equal(queue.nextDue(), 3);
  assert.equal(queue.take(5, 'high'), null);
  assert.equal(queue.take(5), 'low');
});

test('a forgotten key is not taken, and not enqueued again', () => {
  const queue = new WorkQueue<string>();
  queue.add('waits');
  queue.add('is worked on');
  queue.forget('waits');
  assert.equal(queue.take(0), 'is worked on');
  queue.add('is worked on');
  queue.forget('is worked on');
  queue.done('is worked on');
  queue.forget('was never added');
  assert.deepEqual([queue.size, queue.inFlight, queue.take(0)], [0, 0, null]);
});

test('done throws for a key that is not in flight', () => {
  const queue = new WorkQueue<string>();
  queue.add('a');
  assert.throws(() => queue.done('a'), InvariantError);
});

type Waiting = { dueAt: number; priority: Priority; order: number };

/** The guarantees of the queue in their simplest form. */
class Oracle {
  readonly waiting = new Map<string, Waiting>();
  readonly busy = new Map<string, Waiting | null>();
  #order = 0;

  add(key: string, dueAt: number, priority: Priority): void {
    const order = this.#order;
    const known = this.waiting.get(key) ?? this.busy.get(key);
    if (known) {
      known.dueAt = Math.min(known.dueAt, dueAt);
      if (priority === 'high') known.priority = priority;
      return;
    }
    this.#order++;
    const entry = { dueAt, priority, order };
    if (this.busy.has(key)) this.busy.set(key, entry);
    else this.waiting.set(key, entry);
  }

  take(now: number, priorities: readonly Priority[]): string | null {
    const due = [...this.waiting].filter(
      ([, { dueAt, priority }]) => dueAt <= now && priorities.includes(priority),
    );
    due.sort(
      ([, a], [, b]) =>
        PRIORITIES.indexOf(a.priority) - PRIORITIES.indexOf(b.priority) ||
        a.dueAt - b.dueAt ||
        a.order - b.order,
    );
    const key = due[0]?.[0] ?? null;
    if (key !== null) {
      this.waiting.delete(key);
      this.busy.set(key, null);
    }
    return key;
  }

  done(key: string): void {
    const requeued = this.busy.get(key);
    this.busy.delete(key);
    if (requeued) this.waiting.set(key, requeued);
  }

  forget(key: string): void {
    this.waiting.delete(key);
    if (this.busy.has(key)) this.busy.set(key, null);
  }

  nextDue(): number | null {
    const dues = [...this.waiting.values()].map(({ dueAt }) => dueAt);
    return dues.length === 0 ? null : Math.min(...dues);
  }
}

test('the queue agrees with its oracle over random histories', () => {
  underSeeds(30, 2000, (random) => {
    const queue = new WorkQueue<string>();
    const oracle = new Oracle();
    for (let now = 0; now < 400; now++) {
      const key = `k${random.below(12)}`;
      const operation = random.below(10);
      if (operation < 5) {
        const dueAt = now + random.below(40) - 10;
        const priority = random.pick(PRIORITIES);
        queue.add(key, { dueAt, priority });
        oracle.add(key, dueAt, priority);
      } else if (operation < 7) {
        const upTo = random.pick(PRIORITIES);
        assert.equal(queue.take(now, upTo), oracle.take(now, upTo === 'low' ? PRIORITIES : ['high']));
      } else if (operation < 9) {
        const busy = [...oracle.busy.keys()];
        if (busy.length === 0) continue;
        const finished = random.pick(busy);
        queue.done(finished);
        oracle.done(finished);
      } else {
        queue.forget(key);
        oracle.forget(key);
      }
      const requeued = [...oracle.busy.values()].filter((entry) => entry !== null).length;
      assert.equal(queue.size, oracle.waiting.size + requeued);
      assert.equal(queue.inFlight, oracle.busy.size);
      assert.equal(queue.nextDue(), oracle.nextDue());
    }
  });
});

describe('the weight of a lane', () => {
  const take = (queue: WorkQueue<string>): readonly string[] => {
    const taken: string[] = [];
    for (let key = queue.take(0); key !== null; key = queue.take(0)) taken.push(key);
    return taken;
  };
  const queueOf = (count: number): WorkQueue<string> => {
    const queue = new WorkQueue<string>({ laneInFlightMax: 8, laneWeightMax: 100 });
    for (let i = 0; i < count; i++) queue.add(`k${i}`, { lane: 'a' });
    return queue;
  };

  it('is not known before the first key is done', () => {
    assert.equal(take(queueOf(20)).length, 8);
  });

  it('limits its keys in flight, and one may always be', () => {
    const queue = queueOf(40);
    for (const key of take(queue)) queue.done(key, 40);
    assert.equal(take(queue).length, 2);
    queue.done('k8', 1000);
    queue.done('k9', 1000);
    assert.equal(take(queue).length, 1);
  });

  it('falls with each light key', () => {
    const queue = queueOf(200);
    for (const key of take(queue)) queue.done(key, 100);
    const inFlight: number[] = [];
    for (let round = 0; round < 12; round++) {
      const taken = take(queue);
      inFlight.push(taken.length);
      for (const key of taken) queue.done(key, 1);
    }
    assert.deepEqual(inFlight.slice(0, 3), [1, 1, 1]);
    assert.equal(inFlight.at(-1), 8);
  });

  it('is no limit of another lane', () => {
    const queue = queueOf(20);
    for (const key of take(queue)) queue.done(key, 1000);
    take(queue);
    queue.add('other', { lane: 'b' });
    assert.deepEqual(take(queue), ['other']);
  });
});
