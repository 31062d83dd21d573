/** The event `nodeAssigned`: on a change, never twice, and slowly. */
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

describe('when it is told', () => {
  it('tells of what the first look found, but for what was told before', async () => {
    for (const key of ['a', 'b', 'c']) events.setAssigned(key, true);
    events.initialPassDone();
    await clock.advanceAsync(1000);
    assert.deepEqual(sent, []);
    events.start(new Set(['b']));
    assert.deepEqual(sent, ['a', 'c']);
  });

  it('tells of a change that came while nobody knew what was told before', () => {
    for (const key of ['a', 'b']) events.setAssigned(key, true);
    events.initialPassDone();
    events.setAssigned('late', true);
    events.setAssigned('b', false);
    events.setAssigned('b', true);
    events.start('all');
    assert.deepEqual(sent, ['late', 'b']);
  });

  it('tells again of a Service that was not announced meanwhile, and not of one that is as it was', () => {
    events.initialPassDone();
    events.start('all');
    for (const is of [true, true, false, true]) events.setAssigned('a', is);
    assert.deepEqual(sent, ['a', 'a']);
  });

  it('tells ten a second, and nothing of what is over by then', async () => {
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

  it('lets the oldest give way where too many wait', async () => {
    events.initialPassDone();
    events.start('all');
    const count = PENDING_EVENTS_MAX + 100;
    for (let index = 0; index < count; index++) events.setAssigned(`s${index}`, true);
    await clock.advanceAsync(3_600_000);
    assert.equal(sent.length, PENDING_EVENTS_MAX + 10);
    assert.deepEqual([sent[0], sent[10], sent.at(-1)], ['s0', 's100', `s${count - 1}`]);
  });

  it('tells nothing after a stop', async () => {
    events.initialPassDone();
    events.start('all');
    for (let index = 0; index < 20; index++) events.setAssigned(`s${index}`, true);
    events.stop();
    await clock.advanceAsync(60_000);
    assert.equal(sent.length, 10);
  });
});

describe('what was told before', () => {
  const now = 'now';
  const rows: readonly [
    says: string,
    evidence: Omit<PreviousRunEvidence, 'digest'>,
    told: readonly string[] | 'all',
  ][] = [
    ['nothing, where nobody spoke for the node', { previousRun: null, existingStatuses: new Set() }, []],
    [
      'what has a status: MetalLB told it too',
      { previousRun: null, existingStatuses: new Set(['a']) },
      ['a'],
    ],
    [
      'all, where the same is announced as before',
      { previousRun: { services: 2, digest: now }, existingStatuses: new Set(['a']) },
      'all',
    ],
    [
      'what has a status, where something else is',
      { previousRun: { services: 2, digest: 'then' }, existingStatuses: new Set(['a', 'b']) },
      ['a', 'b'],
    ],
    [
      'all, as far as can be told, where the statuses went with their Pod',
      { previousRun: { services: 2, digest: 'then' }, existingStatuses: new Set() },
      'all',
    ],
    [
      'nothing, where nothing was announced',
      { previousRun: { services: 0, digest: 'then' }, existingStatuses: new Set() },
      [],
    ],
    [
      'nothing, where nothing was announced, and no statuses are kept',
      { previousRun: { services: 0, digest: 'then' }, existingStatuses: null },
      [],
    ],
    [
      'all, where no statuses are kept: in doubt nobody hears it twice',
      { previousRun: null, existingStatuses: null },
      'all',
    ],
  ];
  for (const [says, evidence, expected] of rows)
    it(says, () => {
      const before = findAlreadyReported({ ...evidence, digest: now });
      assert.deepEqual(before === 'all' ? before : [...before], expected);
    });
});
