/** Timers of sessions: hold time, keepalives, send hold time, back-off, stop. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nextSessionDeadline } from '../../../src/bgp/session/session.ts';
import { newNotification } from '../../../src/bgp/wire/failure.ts';
import { KEEPALIVE } from '../../../src/bgp/wire/message.ts';
import { notificationText } from '../../../src/bgp/wire/notification-text.ts';
import { OPEN, REFRESH, SessionHarness, UPDATE } from './support/harness.ts';
import { inState } from './support/states.ts';

const MINUTE = 60_000;

/** Of an established session. */
function timersOf({ session: { phase } }: SessionHarness) {
  assert.equal(phase.kind, 'Established');
  if (phase.kind !== 'Established') throw new Error('unreachable');
  const { holdAt, keepaliveAt, sendHoldAt } = phase;
  return { holdAt, keepaliveAt, sendHoldAt };
}

describe('the hold time', () => {
  it('is the smaller of both, and restarts with each KEEPALIVE and UPDATE', () => {
    const harness = inState('Established');
    assert.equal(timersOf(harness).holdAt, 90_000);
    harness.advance(20_000).receive(KEEPALIVE);
    assert.equal(timersOf(harness).holdAt, 110_000);
    harness.advance(20_000).receive(UPDATE);
    assert.equal(timersOf(harness).holdAt, 130_000);
    harness.receive(REFRESH);
    assert.equal(timersOf(harness).holdAt, 130_000);
    const shorter = inState('OpenSent')
      .receive({ ...OPEN, holdTime: 30 })
      .receive(KEEPALIVE);
    assert.equal(timersOf(shorter).holdAt, 30_000);
  });

  it('is disabled if either side offers 0: no timer runs and nothing is sent (RFC 4271 4.4)', () => {
    const harness = inState('OpenSent')
      .receive({ ...OPEN, holdTime: 0 })
      .receive(KEEPALIVE);
    assert.equal(nextSessionDeadline(harness.session), null);
    assert.deepEqual(harness.advance(24 * 60 * MINUTE).actionNames, []);
    assert.equal(harness.state, 'Established');
  });

  it('ends the session with NOTIFICATION 4/0 when it expires', () => {
    const harness = inState('Established').advance(90_000);
    assert.equal(harness.details.cause, 'hold-expired');
    assert.deepEqual(harness.details.sent, newNotification(4, 0));
  });

  it('does not expire if a message is handled before the tick', () => {
    const harness = inState('Established');
    harness.now = 90_000;
    harness.receive(KEEPALIVE);
    assert.deepEqual([harness.state, timersOf(harness).holdAt], ['Established', 180_000]);
  });
});

describe('keepalives', () => {
  it('are sent after 75 to 100 % of a third of the hold time (RFC 4271 10)', () => {
    for (const [chance, at] of [
      [0, 22_500],
      [0.5, 26_250],
      [0.999_999, 30_000],
    ] as const) {
      const harness = inState('OpenSent');
      harness.chance = chance;
      harness.receive(OPEN).receive(KEEPALIVE);
      assert.equal(Math.round(timersOf(harness).keepaliveAt ?? 0), at);
    }
  });

  it('follow a shorter keepalive time, never a longer one, and at most one a second', () => {
    const keepaliveAt = (keepaliveTime: number, holdTime = 90) =>
      timersOf(inState('Established', { keepaliveTime, holdTime })).keepaliveAt;
    assert.equal(keepaliveAt(10), 8750);
    assert.equal(keepaliveAt(80), 26_250);
    assert.equal(keepaliveAt(1, 3), 1000);
  });
});

describe('a peer that does not read (RFC 9687)', () => {
  it('is dropped after 8 minutes without write progress', () => {
    const harness = inState('OpenSent')
      .receive({ ...OPEN, holdTime: 0 })
      .receive(KEEPALIVE);
    const { connectionId } = harness;
    harness.advance(1000).apply({ kind: 'write-progress', connectionId, hasPending: true });
    assert.equal(timersOf(harness).sendHoldAt, 481_000);
    harness.advance(4 * MINUTE).apply({ kind: 'write-progress', connectionId, hasPending: true });
    assert.equal(timersOf(harness).sendHoldAt, 721_000);
    harness.advance(8 * MINUTE);
    assert.deepEqual(harness.actionNames, ['8/0', 'abort']);
    assert.deepEqual(harness.details.sent, newNotification(8, 0));
  });

  it('is dropped after twice the hold time if that is longer', () => {
    const harness = inState('OpenSent', { holdTime: 300 })
      .receive({ ...OPEN, holdTime: 300 })
      .receive(KEEPALIVE);
    harness.apply({ kind: 'write-progress', connectionId: harness.connectionId, hasPending: true });
    assert.equal(timersOf(harness).sendHoldAt, 600_000);
  });

  it('has no send hold timer once the write queue is empty', () => {
    const harness = inState('Established');
    const { connectionId } = harness;
    harness
      .apply({ kind: 'write-progress', connectionId, hasPending: true })
      .apply({ kind: 'write-progress', connectionId, hasPending: false });
    assert.equal(timersOf(harness).sendHoldAt, null);
  });
});

describe('a session that fails', () => {
  const DIALS = { role: 'dial' } as const;

  const fail = (harness: SessionHarness): number => {
    harness.apply({ kind: 'connect-failed', connectionId: harness.connectionId, reason: 'refused' });
    const { phase } = harness.session;
    assert.ok(phase.kind === 'Idle' && phase.startAt !== null);
    const idleHold = phase.startAt - harness.now;
    harness.advance(idleHold);
    assert.equal(harness.state, 'Connect');
    return idleHold;
  };

  it('waits twice as long after each failure, up to a limit', () => {
    const harness = inState('Connect', DIALS);
    const idleHolds = Array.from({ length: 9 }, () => fail(harness));
    assert.deepEqual(idleHolds, [750, 1500, 3000, 6000, 12_000, 24_000, 45_000, 45_000, 45_000]);
  });

  it('resets the back-off after a minute of being established, and not before', () => {
    const idleHoldAfter = (established: number): number => {
      const harness = inState('Connect', DIALS);
      fail(harness);
      fail(harness);
      harness
        .apply({ kind: 'connected', connectionId: harness.connectionId })
        .receive(OPEN)
        .receive(KEEPALIVE);
      harness.advance(established);
      harness.apply({ kind: 'closed', connectionId: harness.connectionId, reason: 'reset' });
      const { phase } = harness.session;
      return phase.kind === 'Idle' ? (phase.startAt ?? 0) - harness.now : -1;
    };
    assert.deepEqual([idleHoldAfter(1000), idleHoldAfter(MINUTE)], [3000, 750]);
  });

  it('resets the back-off when it is started (RFC 4271 8.2.2 Idle)', () => {
    const harness = inState('Connect', DIALS);
    fail(harness);
    fail(harness);
    harness
      .apply({ kind: 'connect-failed', connectionId: harness.connectionId, reason: 'refused' })
      .apply({ kind: 'start' });
    assert.equal(fail(harness), 750);
  });

  it('accepts inbound connections during the back-off, however often its own attempts failed', () => {
    const harness = inState('Connect');
    for (let attempts = 0; attempts < 9; attempts++) {
      harness.apply({ kind: 'connect-failed', connectionId: harness.connectionId, reason: 'refused' });
      assert.equal(harness.state, 'Active');
      harness.advance(MINUTE);
      assert.equal(harness.state, 'Connect');
    }
    harness.apply({ kind: 'connect-failed', connectionId: harness.connectionId, reason: 'refused' });
    harness.apply({ kind: 'accepted' }).receive(OPEN).receive(KEEPALIVE);
    assert.equal(harness.state, 'Established');
  });

  it('does not count an unsupported version as a failure (RFC 4271 8.2.2 event 24)', () => {
    const harness = inState('OpenSent').receive(newNotification(2, 1));
    assert.equal(harness.session.failures, 0);
  });
});

describe('a session that is stopped', () => {
  it('sends the shutdown communication (RFC 9003), and stays down', () => {
    const harness = inState('Established');
    harness.apply({ kind: 'stop', cease: 2, communication: 'Wartung' });
    const { sent } = harness.details;
    assert.ok(sent !== null);
    assert.equal(notificationText(sent), 'Cease / Administrative Shutdown (6/2): "Wartung"');
    assert.equal(nextSessionDeadline(harness.session), null);
    assert.deepEqual(harness.advance(60 * MINUTE).actionNames, []);
    assert.deepEqual(harness.apply({ kind: 'start' }).actionNames, ['dial']);
  });

  it('ignores events of its old connections', () => {
    const harness = inState('Established');
    const { connectionId } = harness;
    harness.apply({ kind: 'stop', cease: 4, communication: '' }).apply({ kind: 'start' });
    harness.receive(KEEPALIVE, connectionId).receive(newNotification(6, 2), connectionId);
    harness.apply({ kind: 'closed', connectionId, reason: 'at last' });
    assert.deepEqual([harness.actionNames, harness.state], [[], 'Connect']);
  });
});

it('a session that was never started does nothing', () => {
  assert.deepEqual(new SessionHarness().advance(MINUTE).actionNames, []);
});

describe('a session whose BFD goes down', () => {
  it('ends with Cease / BFD Down, and connects again with the usual back-off (RFC 9384, RFC 5882 4.1)', () => {
    const harness = inState('Established');
    harness.apply({ kind: 'bfd-down', reason: 'no BFD packet within 900 ms' });
    const { cause, text, sent } = harness.details;
    assert.deepEqual([cause, text], ['bfd-down', 'no BFD packet within 900 ms']);
    assert.equal(sent === null ? null : notificationText(sent), 'Cease / BFD Down (6/10)');
    assert.deepEqual(harness.advance(1000).actionNames, ['dial']);
  });

  it('is not held back while BFD stays down: BFD ends it again only after it was up (RFC 5882 4.2)', () => {
    const harness = inState('Established').apply({ kind: 'bfd-down', reason: 'silence' });
    harness.advance(1000).apply({ kind: 'connected', connectionId: harness.connectionId });
    harness.receive(OPEN).receive(KEEPALIVE);
    assert.equal(harness.state, 'Established');
  });

  it('waits longer each time that it goes down at once', () => {
    const harness = inState('Established').apply({ kind: 'bfd-down', reason: 'silence' });
    const first = nextSessionDeadline(harness.session);
    harness.advance(1000).apply({ kind: 'connected', connectionId: harness.connectionId });
    harness.receive(OPEN).receive(KEEPALIVE).apply({ kind: 'bfd-down', reason: 'silence' });
    const second = nextSessionDeadline(harness.session);
    assert.ok(first !== null && second !== null && second - harness.now > first);
  });
});
