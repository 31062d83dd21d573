/** The event `nodeAssigned`: once for each change, and rate-limited. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { ServiceKey } from '../../../src/objects/service.ts';
import {
  findAlreadyReported,
  NodeAssignedEvents,
  PENDING_EVENTS_MAX,
  type PreviousRunEvidence,
} from '../../../src/speaker/status/node-assigned-events.ts';
import { FakeClock } from '../../support/fake-clock.ts';

let clock: FakeClock;
let sent: ServiceKey[];
let events: NodeAssignedEvents;
beforeEach(() => {
  clock = new FakeClock();
  sent = [];
  events = new NodeAssignedEvents({ clock, send: (key) => sent.push(key) });
});

describe('the event', () => {
  it('is sent for Services of the initial reconcile, except those already reported', async () => {
    for (const key of ['a', 'b', 'c']) events.setAssigned(key, true);
    events.initialPassDone();
    await clock.advanceAsync(1000);
    assert.deepEqual(sent, []);
    events.start(new Set(['b']));
    assert.deepEqual(sent, ['a', 'c']);
  });

  it('is sent for a change during the initial wait', () => {
    for (const key of ['a', 'b']) events.setAssigned(key, true);
    events.initialPassDone();
    events.setAssigned('late', true);
    events.setAssigned('b', false);
    events.setAssigned('b', true);
    events.start('all');
    assert.deepEqual(sent, ['late', 'b']);
  });

  it('is sent again for a Service that was withdrawn meanwhile, and not for an unchanged one', () => {
    events.initialPassDone();
    events.start('all');
    for (const is of [true, true, false, true]) events.setAssigned('a', is);
    assert.deepEqual(sent, ['a', 'a']);
  });

  it('is sent ten times a second, and dropped for Services withdrawn meanwhile', async () => {
    events.initialPassDone();
    events.start('all');
    for (let index = 0; index < 100; index++) events.setAssigned(`s${index}`, true);
    assert.equal(sent.length, 10);
    for (let index = 50; index < 100; index++) events.setAssigned(`s${index}`, false);
    await clock.advanceAsync(1000);
    assert.equal(sent.length, 20);
    await clock.advanceAsync(60_000);
    assert.deepEqual([sent.length, sent.at(-1)], [50, 's49']);
  });

  it('is dropped for the oldest if too many are pending', async () => {
    events.initialPassDone();
    events.start('all');
    const count = PENDING_EVENTS_MAX + 100;
    for (let index = 0; index < count; index++) events.setAssigned(`s${index}`, true);
    await clock.advanceAsync(3_600_000);
    assert.equal(sent.length, PENDING_EVENTS_MAX + 10);
    assert.deepEqual([sent[0], sent[10], sent.at(-1)], ['s0', 's100', `s${count - 1}`]);
  });

  it('is not sent after a stop', async () => {
    events.initialPassDone();
    events.start('all');
    for (let index = 0; index < 20; index++) events.setAssigned(`s${index}`, true);
    events.stop();
    await clock.advanceAsync(60_000);
    assert.equal(sent.length, 10);
  });
});

describe('the Services already reported', () => {
  const now = 'now';
  const rows: readonly [
    title: string,
    evidence: Omit<PreviousRunEvidence, 'digest'>,
    expected: readonly string[] | 'all',
  ][] = [
    ['none without a previous run', { previousRun: null, existingStatuses: new Set() }, []],
    [
      "those with a status: MetalLB's speaker reported them",
      { previousRun: null, existingStatuses: new Set(['a']) },
      ['a'],
    ],
    [
      'all, if the same is announced as before',
      { previousRun: { services: 2, digest: now }, existingStatuses: new Set(['a']) },
      'all',
    ],
    [
      'those with a status, if the announcements differ',
      { previousRun: { services: 2, digest: 'then' }, existingStatuses: new Set(['a', 'b']) },
      ['a', 'b'],
    ],
    [
      'all, if the statuses were deleted with their Pod',
      { previousRun: { services: 2, digest: 'then' }, existingStatuses: new Set() },
      'all',
    ],
    [
      'none, if nothing was announced',
      { previousRun: { services: 0, digest: 'then' }, existingStatuses: new Set() },
      [],
    ],
    [
      'none, if nothing was announced and no statuses are kept',
      { previousRun: { services: 0, digest: 'then' }, existingStatuses: null },
      [],
    ],
    [
      'all, if no statuses are kept: in doubt no event is sent twice',
      { previousRun: null, existingStatuses: null },
      'all',
    ],
  ];
  for (const [title, evidence, expected] of rows)
    it(title, () => {
      const before = findAlreadyReported({ ...evidence, digest: now });
      assert.deepEqual(before === 'all' ? before : [...before], expected);
    });
});
