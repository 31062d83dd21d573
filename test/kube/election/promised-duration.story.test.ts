/** The duration of the lease that others have read at least, whichever of the renewals reached the server. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ElectionCandidate, ElectionEvent } from '../../../src/kube/election/election-state.ts';
import { initialElection, stepElection } from '../../../src/kube/election/leader-election.ts';
import { LEASE_TIMING, type Moment } from '../../../src/kube/election/lease-timing.ts';

const CANDIDATE: ElectionCandidate = {
  identity: 'me',
  timing: LEASE_TIMING,
  leaseDuration: LEASE_TIMING.leaseDuration,
  random: 0,
  lastWrittenVersion: '',
};
const TICK: ElectionEvent = { kind: 'tick' };

const momentAt = (now: number): Moment => ({ now, wall: Date.UTC(2026, 0, 1) + now, elapsed: now });

const written = (resourceVersion: string, requestedAt: number, duration: number): ElectionEvent => ({
  kind: 'written',
  record: {
    ...{ resourceVersion, holder: 'me', duration, transitions: 3, lastWrittenVersion: '' },
    ...{ acquireTime: '2026-01-01T00:00:00.000000Z', renewTime: '2026-01-01T00:00:00.000000Z' },
  },
  requestedAt: momentAt(requestedAt),
});

describe('the duration that others wait at least', () => {
  const LONG = { ...CANDIDATE, leaseDuration: 45_000 };
  type Row = readonly [at: number, event: ElectionEvent, candidate: ElectionCandidate, want: number];
  const rows: readonly [says: string, steps: readonly Row[]][] = [
    [
      'is longer only when the server has recorded it',
      [
        [2_010, TICK, LONG, 15_000],
        [2_020, written('8', 2_010, 45_000), LONG, 45_000],
      ],
    ],
    [
      'is shorter as soon as a shorter one is sent, whatever the response',
      [
        [2_010, TICK, LONG, 15_000],
        [2_020, written('8', 2_010, 45_000), LONG, 45_000],
        [4_010, TICK, CANDIDATE, 15_000],
        [4_020, { kind: 'failed' }, LONG, 15_000],
        [5_020, TICK, LONG, 15_000],
      ],
    ],
    [
      'stays the shorter one where the longer one gets no response',
      [
        [2_010, TICK, LONG, 15_000],
        [6_010, { kind: 'failed' }, LONG, 15_000],
      ],
    ],
  ];
  for (const [says, steps] of rows) {
    it(says, () => {
      let election = stepElection(initialElection(0), written('7', 10, 15_000), momentAt(20), CANDIDATE).next;
      for (const [at, event, candidate, want] of steps) {
        election = stepElection(election, event, momentAt(at), candidate).next;
        assert.ok(election.kind === 'leading');
        assert.equal(election.promisedDuration, want, `at ${at}`);
      }
    });
  }
});
