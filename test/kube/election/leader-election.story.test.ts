import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type {
  Election,
  ElectionAction,
  ElectionCandidate,
  ElectionEvent,
} from '../../../src/kube/election/election-state.ts';
import {
  initialElection,
  mayWrite,
  nextElectionDeadline,
  stepElection,
} from '../../../src/kube/election/leader-election.ts';
import type { LeaseRecord } from '../../../src/kube/election/lease-record.ts';
import { LEASE_TIMING, type Moment } from '../../../src/kube/election/lease-timing.ts';

const CANDIDATE: ElectionCandidate = {
  identity: 'me',
  timing: LEASE_TIMING,
  leaseDuration: LEASE_TIMING.leaseDuration,
  random: 0,
  lastWrittenVersion: '',
};
const WALL = Date.UTC(2026, 0, 1);

const momentAt = (now: number, wallAhead = 0): Moment => ({
  now,
  wall: WALL + now + wallAhead,
  elapsed: now + Math.max(0, wallAhead),
});

const record = (holder: string, resourceVersion: string, more: Partial<LeaseRecord> = {}): LeaseRecord => ({
  resourceVersion,
  holder,
  duration: 15_000,
  transitions: 3,
  acquireTime: '2026-01-01T00:00:00.000000Z',
  renewTime: '2026-01-01T00:00:00.000000Z',
  lastWrittenVersion: '',
  ...more,
});

const foundEvent = (holder: string, version: string, by: 'read' | 'watch' = 'read'): ElectionEvent => ({
  kind: 'found',
  record: record(holder, version),
  by,
});

const writtenEvent = (version: string, requestedAt: number): ElectionEvent => ({
  kind: 'written',
  record: record('me', version),
  requestedAt: momentAt(requestedAt),
});

const TICK: ElectionEvent = { kind: 'tick' };

function describeStep(action: ElectionAction | null, election: Election): string {
  const actionText =
    action === null
      ? ''
      : action.kind === 'read'
        ? 'read, '
        : `write ${action.spec.holder || 'nobody'} over ${action.replaces}, `;
  return actionText + election.kind;
}

type StoryStep = readonly [at: number, event: ElectionEvent, want: string];

/** Steps through the events; each must give the expected action and state. */
function runStory(steps: readonly StoryStep[], from: Election = initialElection(0)): Election {
  let election = from;
  for (const [now, event, want] of steps) {
    const { next, action } = stepElection(election, event, momentAt(now), CANDIDATE);
    assert.equal(describeStep(action, next), want, `at ${now}: ${event.kind}`);
    election = next;
  }
  return election;
}

const LEADING: readonly StoryStep[] = [
  [0, TICK, 'read, standby'],
  [10, { kind: 'missing' }, 'write me over null, standby'],
  [30, writtenEvent('1', 10), 'leading'],
];

const stories: Readonly<Record<string, readonly StoryStep[]>> = {
  'a missing Lease is created, and its creator leads': LEADING,
  'a Lease without a holder is acquired at once': [
    [0, TICK, 'read, standby'],
    [10, foundEvent('', '7'), 'write me over 7, standby'],
    [20, writtenEvent('8', 10), 'leading'],
  ],
  'a held Lease is acquired once it has not changed for its duration': [
    [0, TICK, 'read, standby'],
    [10, foundEvent('other', '7'), 'standby'],
    [2_010, TICK, 'read, standby'],
    [2_020, foundEvent('other', '8'), 'standby'],
    [17_000, TICK, 'read, standby'],
    [17_010, foundEvent('other', '8'), 'standby'],
    [17_020, TICK, 'read, standby'],
    [17_030, foundEvent('other', '8'), 'write me over 8, standby'],
    [17_040, writtenEvent('9', 17_030), 'leading'],
  ],
  'a release seen by the watch leads to an acquisition at once': [
    [0, TICK, 'read, standby'],
    [10, foundEvent('other', '7'), 'standby'],
    [500, foundEvent('', '8', 'watch'), 'write me over 8, standby'],
    [510, writtenEvent('9', 500), 'leading'],
  ],
  'an older version from the watch is ignored': [
    [0, TICK, 'read, standby'],
    [10, foundEvent('other', '7'), 'standby'],
    [20, foundEvent('', '6', 'watch'), 'standby'],
  ],
  'a conflict leads to a read': [
    [0, TICK, 'read, standby'],
    [10, foundEvent('', '7'), 'write me over 7, standby'],
    [20, { kind: 'conflict' }, 'read, standby'],
    [30, foundEvent('other', '8'), 'standby'],
  ],
  'the leader renews': [
    ...LEADING,
    [2_009, TICK, 'leading'],
    [2_010, TICK, 'write me over 1, leading'],
    [2_020, writtenEvent('2', 2_010), 'leading'],
    [4_010, TICK, 'write me over 2, leading'],
  ],
  'a renewal whose response was lost is found and repeated': [
    ...LEADING,
    [2_010, TICK, 'write me over 1, leading'],
    [6_010, { kind: 'failed' }, 'leading'],
    [7_010, TICK, 'write me over 1, leading'],
    [7_020, { kind: 'conflict' }, 'read, leading'],
    [7_030, foundEvent('me', '2'), 'write me over 2, leading'],
    [7_040, writtenEvent('3', 7_030), 'leading'],
  ],
  'a leader that cannot renew stops at the deadline': [
    ...LEADING,
    [2_010, TICK, 'write me over 1, leading'],
    [6_010, { kind: 'failed' }, 'leading'],
    [7_010, TICK, 'write me over 1, leading'],
    [10_009, TICK, 'leading'],
    [10_010, TICK, 'standby'],
    [11_010, { kind: 'failed' }, 'standby'],
    [13_010, TICK, 'read, standby'],
    [13_020, foundEvent('me', '1'), 'write me over 1, standby'],
    [13_030, writtenEvent('2', 13_020), 'leading'],
  ],
  'a response after the deadline does not make a leader': [
    [0, TICK, 'read, standby'],
    [10, { kind: 'missing' }, 'write me over null, standby'],
    [10_010, writtenEvent('1', 10), 'write me over 1, standby'],
    [10_020, writtenEvent('2', 10_010), 'leading'],
  ],
  'a leader that observes another holder stops': [
    ...LEADING,
    [500, foundEvent('other', '2', 'watch'), 'standby'],
  ],
  'a deleted Lease is created again, and nobody leads until then': [
    ...LEADING,
    [2_010, TICK, 'write me over 1, leading'],
    [2_020, { kind: 'conflict' }, 'read, leading'],
    [2_030, { kind: 'missing' }, 'write me over null, standby'],
    [2_040, writtenEvent('9', 2_030), 'leading'],
  ],
  'a leader that stops releases the Lease': [
    ...LEADING,
    [100, { kind: 'stop' }, 'write nobody over 1, leaving'],
    [110, writtenEvent('2', 100), 'stopped'],
    [120, TICK, 'stopped'],
  ],
  'a stop during a renewal waits for its response': [
    ...LEADING,
    [2_010, TICK, 'write me over 1, leading'],
    [2_011, { kind: 'stop' }, 'leaving'],
    [2_020, writtenEvent('2', 2_010), 'write nobody over 2, leaving'],
    [2_030, writtenEvent('3', 2_020), 'stopped'],
  ],
  'a stop during a renewal that fails still releases the Lease': [
    ...LEADING,
    [2_010, TICK, 'write me over 1, leading'],
    [2_011, { kind: 'stop' }, 'leaving'],
    [6_010, { kind: 'failed' }, 'write nobody over 1, leaving'],
    [6_020, { kind: 'conflict' }, 'stopped'],
  ],
  'a standby that stops releases nothing': [
    [0, TICK, 'read, standby'],
    [10, foundEvent('other', '7'), 'standby'],
    [20, { kind: 'stop' }, 'stopped'],
  ],
};

describe('an election', () => {
  for (const [title, lines] of Object.entries(stories)) it(title, () => void runStory(lines));

  it('counts a transition, and keeps acquireTime while it renews', () => {
    const standby = runStory([[0, TICK, 'read, standby']]);
    const taken = stepElection(standby, foundEvent('', '7'), momentAt(10), CANDIDATE).action;
    assert.deepEqual(taken?.kind === 'write' && taken.spec, {
      holder: 'me',
      duration: 15_000,
      transitions: 4,
      acquireTime: '2026-01-01T00:00:00.010000Z',
      renewTime: '2026-01-01T00:00:00.010000Z',
      lastWrittenVersion: '',
    });
    const renewed = stepElection(runStory(LEADING), TICK, momentAt(2_010), CANDIDATE).action;
    assert.deepEqual(renewed?.kind === 'write' && renewed.spec, {
      holder: 'me',
      duration: 15_000,
      transitions: 3,
      acquireTime: '2026-01-01T00:00:00.000000Z',
      renewTime: '2026-01-01T00:00:02.010000Z',
      lastWrittenVersion: '',
    });
  });
});

describe('mayWrite', () => {
  const leading = runStory(LEADING);
  const rows: readonly [title: string, moment: Moment, may: boolean][] = [
    ['holds right after the election', momentAt(30), true],
    ['holds until the deadline, counted from the request of the renewal', momentAt(10_009), true],
    ['does not hold at the deadline', momentAt(10_010), false],
    ['does not hold after a suspend, which stops the monotonic clock', momentAt(40, 12_000), false],
    [
      'does not hold past the deadline of the monotonic clock, even if wall time was set back',
      momentAt(10_010, -60_000),
      false,
    ],
    ['holds before the deadline, even if wall time was set back', momentAt(5_000, -60_000), true],
  ];
  for (const [title, moment, may] of rows) {
    it(title, () => assert.equal(mayWrite(leading, LEASE_TIMING, moment), may));
  }

  it('ends with a stop', () => {
    assert.equal(
      mayWrite(
        stepElection(leading, { kind: 'stop' }, momentAt(50), CANDIDATE).next,
        LEASE_TIMING,
        momentAt(50),
      ),
      false,
    );
  });

  it('is checked again at the deadline, also while a response is pending', () => {
    const asking = stepElection(leading, TICK, momentAt(2_010), CANDIDATE).next;
    assert.equal(nextElectionDeadline(leading, LEASE_TIMING), 2_010);
    assert.equal(nextElectionDeadline(asking, LEASE_TIMING), 10_010);
  });
});

it('the version that a leader records on release is inherited once, by the next holder', () => {
  const run = (
    election: Election,
    event: ElectionEvent,
    me: ElectionCandidate,
  ): ReturnType<typeof stepElection> => stepElection(election, event, momentAt(0), me);
  const heir = (more: Partial<LeaseRecord>, holder = ''): ElectionAction | null =>
    run(initialElection(0), { kind: 'found', record: record(holder, '8', more), by: 'read' }, CANDIDATE)
      .action;
  const leading = run(initialElection(0), writtenEvent('7', 0), CANDIDATE).next;
  const { action } = run(leading, { kind: 'stop' }, { ...CANDIDATE, lastWrittenVersion: '42' });
  assert.ok(action?.kind === 'write');
  assert.deepEqual([action.spec.holder, action.spec.lastWrittenVersion], ['', '42']);
  const taken = heir({ lastWrittenVersion: '42' });
  assert.ok(taken?.kind === 'write');
  assert.deepEqual([taken.inheritedVersion, taken.spec.lastWrittenVersion], ['42', '']);
  const own = heir({ lastWrittenVersion: '42' }, 'me');
  assert.ok(own?.kind === 'write');
  assert.equal(own.inheritedVersion, '', 'the lease was not released: its holder may have written since');
});
