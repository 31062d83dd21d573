/** Invariants of the session state machine under random events. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { SessionEvent } from '../../../src/bgp/session/events.ts';
import {
  type BgpSession,
  type ConnectionId,
  connectionIdsOf,
  newSession,
  nextSessionDeadline,
} from '../../../src/bgp/session/session.ts';
import type { BgpSessionSettings } from '../../../src/bgp/session/settings.ts';
import { stepSession } from '../../../src/bgp/session/step.ts';
import { TRANSITIONS } from '../../../src/bgp/session/transitions.ts';
import { newNotification } from '../../../src/bgp/wire/failure.ts';
import { KEEPALIVE, type Message, type Open } from '../../../src/bgp/wire/message.ts';
import { type Random, underSeeds } from '../../support/random.ts';
import { ConnectionTracker } from './support/connection-tracker.ts';
import { GRACEFUL_RESTART, OPEN, REFRESH, SETTINGS, UPDATE } from './support/harness.ts';

const STEPS = 120;

const randomSettings = (random: Random): BgpSessionSettings => ({
  ...SETTINGS,
  role: random.pick(['dial', 'listen', 'both', 'both']),
  delayOpen: random.pick([0, 0, 5000]),
  holdTime: random.pick([0, 3, 90]),
  gracefulRestart: random.pick([null, GRACEFUL_RESTART]),
  connectTime: random.pick([0, 10, 120_000]),
});

function randomOpen(random: Random): Open {
  return {
    ...OPEN,
    asn: random.chance(0.9) ? OPEN.asn : 1,
    holdTime: random.pick([0, 2, 3, 90, 90, 90]),
    routerId: random.pick([1, 0x0a000002]),
    capabilities: random.chance(0.5) ? OPEN.capabilities : [...OPEN.capabilities, GRACEFUL_RESTART],
  };
}

const randomMessage = (random: Random): Message =>
  random.pick<() => Message>([
    () => randomOpen(random),
    () => randomOpen(random),
    () => KEEPALIVE,
    () => KEEPALIVE,
    () => UPDATE,
    () => REFRESH,
    () => newNotification(random.pick([2, 6]), random.pick([1, 7])),
  ])();

function randomEvent(random: Random, connectionIds: readonly ConnectionId[]): SessionEvent {
  const connectionId =
    connectionIds.length > 0 && random.chance(0.9) ? random.pick(connectionIds) : random.below(20);
  const failure = { notification: newNotification(1, 1), reason: 'malformed', rfc: 'RFC 4271 6.1' };
  return random.pick<() => SessionEvent>([
    () => ({ kind: 'start' }),
    () => ({ kind: 'start' }),
    () => (random.chance(0.2) ? { kind: 'stop', cease: 2, communication: 'enough' } : { kind: 'tick' }),
    () => ({ kind: 'connected', connectionId }),
    () => ({ kind: 'connected', connectionId }),
    () => ({ kind: 'accepted' }),
    () => ({ kind: random.pick(['connect-failed', 'closed']), connectionId, reason: 'lost' }),
    () => ({ kind: 'received', connectionId, message: randomMessage(random) }),
    () => ({ kind: 'received', connectionId, message: randomMessage(random) }),
    () => ({ kind: 'received', connectionId, message: randomMessage(random) }),
    () => ({ kind: 'received', connectionId, message: randomMessage(random) }),
    () => (random.chance(0.2) ? { kind: 'malformed', connectionId, failure } : { kind: 'tick' }),
    () => ({ kind: 'write-progress', connectionId, hasPending: random.chance(0.5) }),
    () => (random.chance(0.2) ? { kind: 'bfd-down', reason: 'silence' } : { kind: 'tick' }),
    () => ({ kind: 'tick' }),
  ])();
}

/** States without a timer: stopped, only listening, or established without a hold time. */
function mayHaveNoDeadline({ phase, settings }: BgpSession): boolean {
  switch (phase.kind) {
    case 'Idle':
      return phase.startAt === null;
    case 'Active':
      return settings.role === 'listen' && phase.delayedOpen === null;
    case 'Established':
      return phase.negotiated.holdTime === 0 && phase.sendHoldAt === null;
    default:
      return false;
  }
}

function isWithinHoldTime({ phase }: BgpSession, tracker: ConnectionTracker, now: number): boolean {
  if (phase.kind !== 'Established' || phase.negotiated.holdTime === 0) return true;
  return now - tracker.lastKeepaliveAt(phase.connectionId) < phase.negotiated.holdTime * 1000;
}

it('invariants hold for random events in random order', () => {
  const seen = new Set<string>();
  underSeeds(1500, 20_000, (random) => {
    let session = newSession(randomSettings(random));
    const tracker = new ConnectionTracker();
    let now = 0;
    for (let i = 0; i < STEPS; i++) {
      const event = randomEvent(random, connectionIdsOf(session));
      const at = nextSessionDeadline(session);
      if (event.kind === 'tick' && at !== null && random.chance(0.7)) now = Math.max(now, at);
      else now += random.pick([0, 1, 100, 10_000]);
      const before = session.phase;
      tracker.recordEvent(event, now);
      const next = stepSession(session, event, now, random.below(1000) / 1000);
      tracker.recordActions(event, next.actions);
      for (const action of next.actions) {
        if (action.kind === 'state-changed') seen.add(`${action.from} ${action.to} ${action.details.cause}`);
      }
      session = next.session;
      const due = nextSessionDeadline(session);
      assert.ok(due === null ? mayHaveNoDeadline(session) : due > now, 'a timer is in the past, or missing');
      const connectionIds = connectionIdsOf(session);
      assert.deepEqual(
        [...tracker.open].sort(),
        [...connectionIds].sort(),
        'the open connections are not those of the session',
      );
      assert.ok(
        connectionIds.length <= (session.phase.kind === 'Established' ? 1 : 2),
        'too many connections',
      );
      assert.ok(
        isWithinHoldTime(session, tracker, now),
        'established although the hold time passed without a message',
      );
      if (session.phase.kind !== 'Established' || before.kind === 'Established') continue;
      tracker.assertNegotiated(session.phase.connectionId);
    }
  });
  if (process.env['SEED'] !== undefined) return;
  const listed = TRANSITIONS.flatMap(({ from, to, causes }) =>
    causes.map((cause) => `${from} ${to} ${cause}`),
  );
  const missing = listed.filter((one) => !seen.has(one));
  assert.deepEqual(missing, [], 'transitions that never occurred');
});
