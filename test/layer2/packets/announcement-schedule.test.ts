/** When addresses are probed and announced. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { groupBy } from '../../../src/base/list.ts';
import {
  AnnouncementSchedule,
  PROBE_AGAIN_AFTER,
  REFRESH_INTERVAL,
  REFRESH_TURN,
  STEPS_AT_ONCE,
  STEPS_PER_SECOND,
} from '../../../src/layer2/packets/announcement-schedule.ts';

type Sent = readonly [at: number, key: string, step: string];

/** Runs the schedule until `end`, as a driver does, and returns what it sent. */
function run(schedule: AnnouncementSchedule<string>, from: number, end: number): Sent[] {
  const sent: Sent[] = [];
  for (let now = from; ; ) {
    for (const [key, step] of schedule.take(now)) sent.push([now, key, step]);
    const next = schedule.nextDue(now);
    if (next === null || next > end) return sent;
    assert.ok(next >= now, 'time does not go back');
    now = Math.max(next, now + 1e-3);
  }
}

const round = (sent: readonly Sent[]): Sent[] => sent.map(([at, key, step]) => [Math.round(at), key, step]);

describe('the schedule of one address', () => {
  it('announces at once, after one second and after three, then seldom', () => {
    const schedule = new AnnouncementSchedule<string>();
    schedule.start('a', false, 1000);
    assert.deepEqual(round(run(schedule, 1000, 4000 + 2 * REFRESH_INTERVAL)), [
      [1000, 'a', 'first announcement'],
      [2000, 'a', 'announcement'],
      [4000, 'a', 'announcement'],
      [4000 + REFRESH_INTERVAL, 'a', 'announcement'],
      [4000 + 2 * REFRESH_INTERVAL, 'a', 'announcement'],
    ]);
  });

  it('probes three times before the first announcement, within 300 ms', () => {
    const schedule = new AnnouncementSchedule<string>();
    schedule.start('a', true, 0);
    assert.deepEqual(round(run(schedule, 0, 1300)), [
      [0, 'a', 'probe'],
      [100, 'a', 'probe'],
      [200, 'a', 'probe'],
      [300, 'a', 'first announcement'],
      [1300, 'a', 'announcement'],
    ]);
  });

  it('of a refused address probes again after a minute', () => {
    const schedule = new AnnouncementSchedule<string>();
    schedule.start('a', true, 0);
    run(schedule, 0, 150);
    schedule.refuse('a', 150);
    assert.deepEqual(
      round(run(schedule, 150, PROBE_AGAIN_AFTER + 500)).map(([at, , step]) => [
        at - PROBE_AGAIN_AFTER,
        step,
      ]),
      [
        [150, 'probe'],
        [250, 'probe'],
        [350, 'probe'],
        [450, 'first announcement'],
      ],
    );
  });

  it('is empty after its stop, in each stage', () => {
    for (const end of [0, 100, 200, 300, 1300, 3300, 4000 + REFRESH_INTERVAL]) {
      const schedule = new AnnouncementSchedule<string>();
      schedule.start('a', true, 0);
      run(schedule, 0, end);
      assert.notEqual(schedule.nextDue(end), null);
      schedule.stop('a');
      assert.equal(schedule.nextDue(end), null);
      assert.deepEqual(schedule.take(end + 10 * REFRESH_INTERVAL), []);
    }
  });

  it('begins anew when it is started again', () => {
    const schedule = new AnnouncementSchedule<string>();
    schedule.start('a', false, 0);
    run(schedule, 0, 3000);
    schedule.start('a', false, 3500);
    assert.deepEqual(round(run(schedule, 3500, 6500)), [
      [3500, 'a', 'first announcement'],
      [4500, 'a', 'announcement'],
      [6500, 'a', 'announcement'],
    ]);
  });
});

describe('the schedule of many addresses', () => {
  const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `a${index}`);

  it('announces a thousand for the first time within one second, and never more than the pace', () => {
    const schedule = new AnnouncementSchedule<string>();
    for (const name of names(1000)) schedule.start(name, false, 0);
    const sent = run(schedule, 0, 1e4);
    const firsts = sent.filter(([, , step]) => step === 'first announcement');
    assert.equal(firsts.length, 1000);
    assert.ok((firsts.at(-1)?.[0] ?? 0) <= 1000);
    const most = STEPS_AT_ONCE + STEPS_PER_SECOND / 10 + 1;
    for (const [index, [at]] of sent.entries())
      assert.ok((sent[index + most]?.[0] ?? at + 100) >= at + 100, `more than ${most} steps in 100 ms`);
  });

  it('announces a new one before the later announcements of others', () => {
    const schedule = new AnnouncementSchedule<string>();
    for (const name of names(1000)) schedule.start(name, false, 0);
    run(schedule, 0, 999);
    schedule.start('new', false, 1000);
    const sent = run(schedule, 1000, 1100);
    assert.equal(sent[0]?.[1], 'new');
    assert.ok(sent.length > 1);
  });

  it('lets a new one that is not probed overtake those that are', () => {
    const schedule = new AnnouncementSchedule<string>();
    schedule.start('probed', true, 0);
    run(schedule, 0, 250);
    schedule.start('urgent', false, 250);
    assert.deepEqual(round(run(schedule, 250, 310)), [
      [250, 'urgent', 'first announcement'],
      [300, 'probed', 'first announcement'],
    ]);
  });

  it('refreshes each once in the interval, evenly, in turns of a second', () => {
    const schedule = new AnnouncementSchedule<string>();
    for (const name of names(1000)) schedule.start(name, false, 0);
    run(schedule, 0, 2 * REFRESH_INTERVAL);
    const sent = run(schedule, 2 * REFRESH_INTERVAL, 3 * REFRESH_INTERVAL);
    const turns = groupBy(sent, ([at]) => `${at}`);
    const most = Math.ceil((1000 * REFRESH_TURN) / REFRESH_INTERVAL);
    assert.ok(Math.abs(sent.length - 1000) <= most, `${sent.length} refreshes`);
    assert.ok(new Set(sent.map(([, key]) => key)).size >= 1000 - most);
    assert.ok(Math.max(...[...turns.values()].map((turn) => turn.length)) <= most);
    const [times, each] = [[...turns.keys()].map(Number), REFRESH_INTERVAL / 1000];
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    assert.ok(Math.min(...gaps) > REFRESH_TURN - each, `${Math.min(...gaps)} ms between two turns`);
  });

  it('refreshes at the pace after a long standstill, each once, and evenly afterwards', () => {
    const schedule = new AnnouncementSchedule<string>();
    for (const name of names(1000)) schedule.start(name, false, 0);
    run(schedule, 0, 2 * REFRESH_INTERVAL);
    const sent = run(schedule, 10 * REFRESH_INTERVAL, 10 * REFRESH_INTERVAL + 5000);
    assert.ok(sent.length >= 1000 && sent.length <= 1050, `${sent.length} refreshes`);
    assert.equal(new Set(sent.slice(0, 1000).map(([, key]) => key)).size, 1000);
  });
});
