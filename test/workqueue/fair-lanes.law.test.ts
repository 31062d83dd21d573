/** Lanes of the work queue take turns, and the shared one has every second: compares random histories with the rules, read from a plain list of keys. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PRIORITIES, type Priority, WorkQueue } from '../../src/workqueue/work-queue.ts';
import { underSeeds } from '../support/random.ts';

type Waiting = {
  readonly lane: string;
  readonly dueAt: number;
  readonly order: number;
  readonly priority: Priority;
};

const LIMIT = 2;
const LANES = ['', 'a', 'b', 'c', 'd'];

test('no lane is served twice while another one waits, the shared one waits once, and the rules of a lane hold', () => {
  underSeeds(100, 5000, (random) => {
    const queue = new WorkQueue<string>({ laneInFlightMax: LIMIT });
    const waiting = new Map<string, Waiting>();
    const inFlight = new Map<string, Waiting>();
    /** Of each lane and priority: the lanes that could have been served at every take since its own last one. */
    const overtaken = new Map<string, Set<string>>();
    let now = 0;
    /** The lane that was served last, of each priority. */
    const last = new Map<Priority, string>();
    for (let step = 0; step < 600; step++) {
      now += random.below(3);
      const operation = random.below(10);
      if (operation < 5) {
        const [lane, priority] = [random.pick(LANES), random.pick(PRIORITIES)];
        const dueAt = random.chance(0.7) ? 0 : now + random.below(10);
        waiting.set(`k${step}`, { lane, dueAt, order: step, priority });
        queue.add(`k${step}`, { lane, dueAt, priority });
      } else if (operation < 6 && inFlight.size > 0) {
        const key = random.pick([...inFlight.keys()]);
        inFlight.delete(key);
        queue.done(key);
      } else if (operation < 7 && waiting.size > 0) {
        const key = random.pick([...waiting.keys()]);
        const { lane = '', priority } = waiting.get(key) ?? {};
        waiting.delete(key);
        queue.forget(key);
        // A lane may lose its place with a key, where its others became due since the last one was taken.
        for (const [id, lanes] of overtaken) if (id.startsWith(`${priority}`)) lanes.delete(lane);
      } else takeOne();
      forgetTurns();
    }

    /** A lane that could not be served for a moment has lost its place. */
    function forgetTurns(): void {
      for (const [id, lanes] of overtaken) {
        const servable = [...waiting.values()].filter(
          (one) => id.startsWith(one.priority) && one.dueAt <= now && hasRoom(one),
        );
        for (const lane of lanes) if (!servable.some((one) => one.lane === lane)) lanes.delete(lane);
      }
    }

    function takeOne(): void {
      const servable = [...waiting].filter(([, one]) => one.dueAt <= now && hasRoom(one));
      const [priority] = PRIORITIES.filter((wanted) => servable.some(([, one]) => one.priority === wanted));
      const key = queue.take(now);
      if (priority === undefined) {
        assert.equal(key, null, 'nothing may be taken');
        return;
      }
      const taken = waiting.get(key ?? '');
      assert.ok(key !== null && taken !== undefined, 'a key may be taken');
      assert.equal(taken.priority, priority, 'the highest priority comes first');
      assert.ok(hasRoom(taken), 'the lane is below its limit');
      const candidates = servable.filter(([, one]) => one.priority === priority);
      const [first] = candidates
        .filter(([, { lane }]) => lane === taken.lane)
        .sort(([, a], [, b]) => a.dueAt - b.dueAt || a.order - b.order);
      assert.equal(first?.[0], key, 'the first key of its lane');

      const lanes = new Set(candidates.map(([, { lane }]) => lane));
      const wasSharedLast = last.get(priority) === '';
      last.set(priority, taken.lane);
      if (lanes.has('') && !wasSharedLast) assert.equal(taken.lane, '', 'the shared lane comes first');
      if (lanes.size > 1 && wasSharedLast) assert.notEqual(taken.lane, '', 'and has every second turn');

      const others = new Set([...lanes].filter((lane) => lane !== taken.lane && lane !== ''));
      const idOf = (lane: string): string => `${priority} ${lane}`;
      const waitedAllAlong =
        taken.lane === ''
          ? []
          : [...(overtaken.get(idOf(taken.lane)) ?? [])].filter((lane) => others.has(lane));
      assert.deepEqual(waitedAllAlong, [], 'a lane that waited all along has its turn first');
      for (const [id, lanes] of overtaken)
        if (id.startsWith(priority)) for (const lane of lanes) if (!others.has(lane)) lanes.delete(lane);
      overtaken.set(idOf(taken.lane), others);
      waiting.delete(key);
      inFlight.set(key, taken);
    }

    function hasRoom({ lane, priority }: Waiting): boolean {
      const here = [...inFlight.values()].filter((one) => one.lane === lane && one.priority === priority);
      return lane === '' || here.length < LIMIT;
    }
  });
});
