/** Sessions over time. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nextDeadline } from '../../../src/bgp/session/session.ts';
import { notification } from '../../../src/bgp/wire/failure.ts';
import { KEEPALIVE } from '../../../src/bgp/wire/message.ts';
import { notificationText } from '../../../src/bgp/wire/notificationtext.ts';
import { Bench, OPEN, REFRESH, UPDATE } from './bench.ts';
import { inState } from './places.ts';

const MINUTE = 60_000;

/** Of an established session. */
function timersOf({ session: { phase } }: Bench) {
  assert.equal(phase.kind, 'Established');
  if (phase.kind !== 'Established') throw new Error('unreachable');
  const { holdAt, keepaliveAt, sendBy } = phase;
  return { holdAt, keepaliveAt, sendBy };
}

describe('the hold time', () => {
  it('is the shorter one, and what is heard begins it anew', () => {
    const bench = inState('Established');
    assert.equal(timersOf(bench).holdAt, 90_000);
    bench.after(20_000).hears(KEEPALIVE);
    assert.equal(timersOf(bench).holdAt, 110_000);
    bench.after(20_000).hears(UPDATE);
    assert.equal(timersOf(bench).holdAt, 130_000);
    bench.hears(REFRESH);
    assert.equal(timersOf(bench).holdAt, 130_000);
    const shorter = inState('OpenSent')
      .hears({ ...OPEN, holdTime: 30 })
      .hears(KEEPALIVE);
    assert.equal(timersOf(shorter).holdAt, 30_000);
  });

  it('is none where one of the two wants none: no timer runs, and nothing is sent (RFC 4271 4.4)', () => {
    const bench = inState('OpenSent')
      .hears({ ...OPEN, holdTime: 0 })
      .hears(KEEPALIVE);
    assert.equal(nextDeadline(bench.session), null);
    assert.deepEqual(bench.after(24 * 60 * MINUTE).did, []);
    assert.equal(bench.state, 'Established');
  });

  it('ends a session whose messages come too late, with 4/0', () => {
    const bench = inState('Established').after(90_000);
    assert.equal(bench.why.cause, 'hold-expired');
    assert.deepEqual(bench.why.sent, notification(4, 0));
  });

  it('is spared by a message that is taken before the tick', () => {
    const bench = inState('Established');
    bench.now = 90_000;
    bench.hears(KEEPALIVE);
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
      bench.hears(OPEN).hears(KEEPALIVE);
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
      .hears({ ...OPEN, holdTime: 0 })
      .hears(KEEPALIVE);
    const { link } = bench;
    bench.after(1000).happens({ kind: 'outflow', link, waiting: true });
    assert.equal(timersOf(bench).sendBy, 481_000);
    bench.after(4 * MINUTE).happens({ kind: 'outflow', link, waiting: true });
    assert.equal(timersOf(bench).sendBy, 721_000);
    bench.after(8 * MINUTE);
    assert.deepEqual(bench.did, ['8/0', 'abort']);
    assert.deepEqual(bench.why.sent, notification(8, 0));
  });

  it('has twice the hold time where that is longer', () => {
    const bench = inState('OpenSent', { holdTime: 300 })
      .hears({ ...OPEN, holdTime: 300 })
      .hears(KEEPALIVE);
    bench.happens({ kind: 'outflow', link: bench.link, waiting: true });
    assert.equal(timersOf(bench).sendBy, 600_000);
  });

  it('is fine once everything is out', () => {
    const bench = inState('Established');
    const { link } = bench;
    bench
      .happens({ kind: 'outflow', link, waiting: true })
      .happens({ kind: 'outflow', link, waiting: false });
    assert.equal(timersOf(bench).sendBy, null);
  });
});

describe('a session that fails', () => {
  const DIALS = { role: 'dial' } as const;

  const fail = (bench: Bench): number => {
    bench.happens({ kind: 'connect-failed', link: bench.link, says: 'refused' });
    const { phase } = bench.session;
    assert.ok(phase.kind === 'Idle' && phase.startAt !== null);
    const rest = phase.startAt - bench.now;
    bench.after(rest);
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
      bench.happens({ kind: 'connected', link: bench.link }).hears(OPEN).hears(KEEPALIVE);
      bench.after(stood);
      bench.happens({ kind: 'closed', link: bench.link, says: 'reset' });
      const { phase } = bench.session;
      return phase.kind === 'Idle' ? (phase.startAt ?? 0) - bench.now : -1;
    };
    assert.deepEqual([rest(1000), rest(MINUTE)], [3000, 750]);
  });

  it('begins the row anew when somebody starts it (RFC 4271 8.2.2 Idle)', () => {
    const bench = inState('Connect', DIALS);
    fail(bench);
    fail(bench);
    bench.happens({ kind: 'connect-failed', link: bench.link, says: 'refused' }).happens({ kind: 'start' });
    assert.equal(fail(bench), 750);
  });

  it('can be dialled while it rests, however often its own dials have failed', () => {
    const bench = inState('Connect');
    for (let dials = 0; dials < 9; dials++) {
      bench.happens({ kind: 'connect-failed', link: bench.link, says: 'refused' });
      assert.equal(bench.state, 'Active');
      bench.after(MINUTE);
      assert.equal(bench.state, 'Connect');
    }
    bench.happens({ kind: 'connect-failed', link: bench.link, says: 'refused' });
    bench.happens({ kind: 'accepted' }).hears(OPEN).hears(KEEPALIVE);
    assert.equal(bench.state, 'Established');
  });

  it('does not rest longer for a version that is not spoken (RFC 4271 8.2.2 event 24)', () => {
    const bench = inState('OpenSent').hears(notification(2, 1));
    assert.equal(bench.session.failures, 0);
  });
});

describe('a session that is stopped', () => {
  it('says why to the people on the other side (RFC 9003), and stays down', () => {
    const bench = inState('Established');
    bench.happens({ kind: 'stop', cease: 2, communication: 'Wartung' });
    const { sent } = bench.why;
    assert.ok(sent !== null);
    assert.equal(notificationText(sent), 'Cease / Administrative Shutdown (6/2): "Wartung"');
    assert.equal(nextDeadline(bench.session), null);
    assert.deepEqual(bench.after(60 * MINUTE).did, []);
    assert.deepEqual(bench.happens({ kind: 'start' }).did, ['dial']);
  });

  it('hears nothing more of its old connections', () => {
    const bench = inState('Established');
    const { link } = bench;
    bench.happens({ kind: 'stop', cease: 4, communication: '' }).happens({ kind: 'start' });
    bench.hears(KEEPALIVE, link).hears(notification(6, 2), link);
    bench.happens({ kind: 'closed', link, says: 'at last' });
    assert.deepEqual([bench.did, bench.state], [[], 'Connect']);
  });
});

it('a session that nobody started does nothing', () => {
  assert.deepEqual(new Bench().after(MINUTE).did, []);
});
