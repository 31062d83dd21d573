import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../src/workqueue/system-clock.ts';
import { FakeClock } from '../support/fake-clock.ts';

test('the system clock is monotonic, and runs a timer with a negative delay', async () => {
  const before = systemClock.now();
  const keepAlive = setInterval(() => {}, 1000); // its own timers do not keep a process alive
  await new Promise<void>((resolve) => systemClock.after(-5, resolve));
  clearInterval(keepAlive);
  assert.ok(systemClock.now() >= before);
});

test('a cancelled timer does not run, nor one that is due in weeks', async () => {
  const keepAlive = setInterval(() => {}, 1000);
  let ran = 0;
  systemClock.after(0, () => ran++)();
  const cancelFar = systemClock.after(1e12, () => ran++);
  await new Promise<void>((resolve) => systemClock.after(2, resolve));
  clearInterval(keepAlive);
  cancelFar();
  assert.equal(ran, 0);
});

test('the fake clock runs timers in order at their times, and those that they start', () => {
  const clock = new FakeClock();
  const ran: [number, string][] = [];
  clock.after(20, () => ran.push([clock.now(), 'second']));
  clock.after(10, () => {
    ran.push([clock.now(), 'first']);
    clock.after(15, () => ran.push([clock.now(), 'started by the first']));
  });
  clock.after(5, () => ran.push([clock.now(), 'cancelled']))();
  clock.advance(24);
  assert.deepEqual(ran, [
    [10, 'first'],
    [20, 'second'],
  ]);
  assert.equal(clock.nextAt, 25);
  clock.advance(1);
  assert.deepEqual(ran.at(-1), [25, 'started by the first']);
});

test('the wall clock of the fake clock can jump without its monotonic clock', () => {
  const clock = new FakeClock({ now: 5, wall: 1000 });
  clock.advance(10);
  clock.jumpWall(500);
  assert.deepEqual([clock.now(), clock.wall()], [15, 1510]);
});
