/** Sessions of speakers, as documents that are made one after the other have them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../src/base/json.ts';
import type { SessionOverview } from '../../src/overview/announcing-document.ts';
import { known } from '../../src/overview/knowledge.ts';
import { readSpeakerReports } from '../../src/overview/speaker-report.ts';
import { describeSpeakers } from '../../src/overview/speakers-overview.ts';

const WALL = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const UNTIL = new Date(WALL + MINUTE).toISOString();

const report = (state: string): Raw => ({
  ...{ apiVersion: 'berth.dev/v1alpha1', kind: 'SpeakerStatus', metadata: { name: 'n1' } },
  status: {
    ...{ phase: 'speaking', pod: '' },
    sessions: [{ peer: 'tor', address: '10.0.0.1', state, until: UNTIL }],
  },
});

type Seen = { readonly raw: Raw; readonly wall?: number; readonly isReady?: boolean };

function sessionsOf({ raw, wall = WALL, isReady = true }: Seen): readonly SessionOverview[] {
  const nodes = known(new Map([['n1', { name: 'n1', isReady }]]));
  const [speaker] = describeSpeakers({ reports: readSpeakerReports([raw]), pods: known([]), nodes }, wall);
  assert.ok(speaker !== undefined);
  return speaker.sessions;
}

const stateOf = (seen: Seen): string | undefined => sessionsOf(seen)[0]?.state;

describe('sessions of a speaker', () => {
  it('are the same list for as long as it reports the same', () => {
    const raw = report('Established');
    assert.equal(sessionsOf({ raw }), sessionsOf({ raw, wall: WALL + MINUTE }));
  });

  it('are others in another report', () => {
    assert.equal(stateOf({ raw: report('Established') }), 'up');
    assert.equal(stateOf({ raw: report('Idle') }), 'down');
  });

  it('are stale while its node is not ready, whatever was seen before', () => {
    const raw = report('Established');
    const states = [true, false, true].map((isReady) => stateOf({ raw, isReady }));
    assert.deepEqual(states, ['up', 'stale', 'up']);
  });

  it('are bridged until their time is over, in the same report', () => {
    const raw = report('Bridged');
    assert.deepEqual([stateOf({ raw }), stateOf({ raw, wall: WALL + MINUTE })], ['bridged', 'down']);
  });
});
