/** Sessions over time. */
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
  return { holdAt, keepaliveAt, sendBy: sendHoldAt };
}

describe('the hold time', () => {
  it('is the shorter one, and what is heard begins it anew', () => {
    const bench = inState('Established');
    assert.equal(timersOf(bench).holdAt, 90_000);
    bench.advance(20_000).receive(KEEPALIVE);
    assert.equal(timersOf(bench).holdAt, 110_000);
    bench.advance(20_000).receive(UPDATE);
    assert.equal(timersOf(bench).holdAt, 130_000);
    bench.receive(REFRESH);
    assert.equal(timersOf(bench).holdAt, 130_000);
    const shorter = inState('OpenSent')
      .receive({ ...OPEN, holdTime: 30 })
      .receive(KEEPALIVE);
    assert.equal(timersOf(shorter).holdAt, 30_000);
  });

  it('is none where one of the two wants none: no timer runs, and nothing is sent (RFC 4271 4.4)', () => {
    const bench = inState('OpenSent')
      .receive({ ...OPEN, holdTime: 0 })
      .receive(KEEPALIVE);
    assert.equal(nextSessionDeadline(bench.session), null);
    assert.deepEqual(bench.advance(24 * 60 * MINUTE).actionWords, []);
    assert.equal(bench.state, 'Established');
  });

  it('ends a session whose messages come too late, with 4/0', () => {
    const bench = inState('Established').advance(90_000);
    assert.equal(bench.details.cause, 'hold-expired');
    assert.deepEqual(bench.details.sent, newNotification(4, 0));
  });

  it('is spared by a message that is taken before the tick', () => {
    const bench = inState('Established');
    bench.now = 90_000;
    bench.receive(KEEPALIVE);
    assert.deepEqual([bench.state, timersOf(bench).holdAt], ['Established', 180_000]);
  });
});

describe('keepalives', () => {
  it('come after three quarters to all of a third of the hold time (RFC 4271 10)', () => {
    for (const [chance, at] of [
      [0, 22_500],
      [0.5, 26_250],
      [0.999_999, 30_000],
    ] as const) {
      const bench = inState('OpenSent');
      bench.chance = chance;
      bench.receive(OPEN).receive(KEEPALIVE);
      assert.equal(Math.round(timersOf(bench).keepaliveAt ?? 0), at);
    }
  });

  it('come sooner where that is wished for, never later, and never twice in a second', () => {
    const keepaliveAt = (keepaliveTime: number, holdTime = 90) =>
      timersOf(inState('Established', { keepaliveTime, holdTime })).keepaliveAt;
    assert.equal(keepaliveAt(10), 8750);
    assert.equal(keepaliveAt(80), 26_250);
    assert.equal(keepaliveAt(1, 3), 1000);
  });
});

describe('a peer that does not read (RFC 9687)', () => {
  it('is dropped after 8 minutes in which it took nothing', () => {
    const bench = inState('OpenSent')
      .receive({ ...OPEN, holdTime: 0 })
      .receive(KEEPALIVE);
    const { connectionId } = bench;
    bench.advance(1000).apply({ kind: 'outflow', connectionId, hasPending: true });
    assert.equal(timersOf(bench).sendBy, 481_000);
    bench.advance(4 * MINUTE).apply({ kind: 'outflow', connectionId, hasPending: true });
    assert.equal(timersOf(bench).sendBy, 721_000);
    bench.advance(8 * MINUTE);
    assert.deepEqual(bench.actionWords, ['8/0', 'abort']);
    assert.deepEqual(bench.details.sent, newNotification(8, 0));
  });

  it('has twice the hold time where that is longer', () => {
    const bench = inState('OpenSent', { holdTime: 300 })
      .receive({ ...OPEN, holdTime: 300 })
      .receive(KEEPALIVE);
    bench.apply({ kind: 'outflow', connectionId: bench.connectionId, hasPending: true });
    assert.equal(timersOf(bench).sendBy, 600_000);
  });

  it('is fine once everything is out', () => {
    const bench = inState('Established');
    const { connectionId } = bench;
    bench
      .apply({ kind: 'outflow', connectionId, hasPending: true })
      .apply({ kind: 'outflow', connectionId, hasPending: false });
    assert.equal(timersOf(bench).sendBy, null);
  });
});

describe('a session that fails', () => {
  const DIALS = { role: 'dial' } as const;

  const fail = (bench: SessionHarness): number => {
    bench.apply({ kind: 'connect-failed', connectionId: bench.connectionId, reason: 'refused' });
    const { phase } = bench.session;
    assert.ok(phase.kind === 'Idle' && phase.startAt !== null);
    const rest = phase.startAt - bench.now;
    bench.advance(rest);
    assert.equal(bench.state, 'Connect');
    return rest;
  };

  it('rests twice as long each time, up to a limit', () => {
    const bench = inState('Connect', DIALS);
    const rests = Array.from({ length: 9 }, () => fail(bench));
    assert.deepEqual(rests, [750, 1500, 3000, 6000, 12_000, 24_000, 45_000, 45_000, 45_000]);
  });

  it('begins the row anew where it stood for a minute, and not before', () => {
    const rest = (stood: number): number => {
      const bench = inState('Connect', DIALS);
      fail(bench);
      fail(bench);
      bench.apply({ kind: 'connected', connectionId: bench.connectionId }).receive(OPEN).receive(KEEPALIVE);
      bench.advance(stood);
      bench.apply({ kind: 'closed', connectionId: bench.connectionId, reason: 'reset' });
      const { phase } = bench.session;
      return phase.kind === 'Idle' ? (phase.startAt ?? 0) - bench.now : -1;
    };
    assert.deepEqual([rest(1000), rest(MINUTE)], [3000, 750]);
  });

  it('begins the row anew when somebody starts it (RFC 4271 8.2.2 Idle)', () => {
    const bench = inState('Connect', DIALS);
    fail(bench);
    fail(bench);
    bench
      .apply({ kind: 'connect-failed', connectionId: bench.connectionId, reason: 'refused' })
      .apply({ kind: 'start' });
    assert.equal(fail(bench), 750);
  });

  it('can be dialled while it rests, however often its own dials have failed', () => {
    const bench = inState('Connect');
    for (let dials = 0; dials < 9; dials++) {
      bench.apply({ kind: 'connect-failed', connectionId: bench.connectionId, reason: 'refused' });
      assert.equal(bench.state, 'Active');
      bench.advance(MINUTE);
      assert.equal(bench.state, 'Connect');
    }
    bench.apply({ kind: 'connect-failed', connectionId: bench.connectionId, reason: 'refused' });
    bench.apply({ kind: 'accepted' }).receive(OPEN).receive(KEEPALIVE);
    assert.equal(bench.state, 'Established');
  });

  it('does not rest longer for a version that is not spoken (RFC 4271 8.2.2 event 24)', () => {
    const bench = inState('OpenSent').receive(newNotification(2, 1));
    assert.equal(bench.session.failures, 0);
  });
});

describe('a session that is stopped', () => {
  it('says why to the people on the other side (RFC 9003), and stays down', () => {
    const bench = inState('Established');
    bench.apply({ kind: 'stop', cease: 2, communication: 'Wartung' });
    const { sent } = bench.details;
    assert.ok(sent !== null);
    assert.equal(notificationText(sent), 'Cease / Administrative Shutdown (6/2): "Wartung"');
    assert.equal(nextSessionDeadline(bench.session), null);
    assert.deepEqual(bench.advance(60 * MINUTE).actionWords, []);
    assert.deepEqual(bench.apply({ kind: 'start' }).actionWords, ['dial']);
  });

  it('hears nothing more of its old connections', () => {
    const bench = inState('Established');
    const { connectionId } = bench;
    bench.apply({ kind: 'stop', cease: 4, communication: '' }).apply({ kind: 'start' });
    bench.receive(KEEPALIVE, connectionId).receive(newNotification(6, 2), connectionId);
    bench.apply({ kind: 'closed', connectionId, reason: 'at last' });
    assert.deepEqual([bench.actionWords, bench.state], [[], 'Connect']);
  });
});

it('a session that nobody started does nothing', () => {
  assert.deepEqual(new SessionHarness().advance(MINUTE).actionWords, []);
});
