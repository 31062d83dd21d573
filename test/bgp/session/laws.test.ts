/** Whatever happens, in whatever order. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { SessionEvent } from '../../../src/bgp/session/event.ts';
import {
  type Link,
  linksOf,
  newSession,
  nextDeadline,
  type Session,
} from '../../../src/bgp/session/session.ts';
import type { Settings } from '../../../src/bgp/session/settings.ts';
import { step } from '../../../src/bgp/session/step.ts';
import { TRANSITIONS } from '../../../src/bgp/session/transitions.ts';
import { notification } from '../../../src/bgp/wire/failure.ts';
import { KEEPALIVE, type Message, type Open } from '../../../src/bgp/wire/message.ts';
import { type Random, underSeeds } from '../../support/random.ts';
import { OPEN, REFRESH, RESTART, SETTINGS, UPDATE } from './bench.ts';
import { Wires } from './wires.ts';

const STEPS = 120;

const settingsOf = (random: Random): Settings => ({
  ...SETTINGS,
  role: random.pick(['dial', 'listen', 'both', 'both']),
  delayOpen: random.pick([0, 0, 5000]),
  holdTime: random.pick([0, 3, 90]),
  gracefulRestart: random.pick([null, RESTART]),
  connectTime: random.pick([0, 10, 120_000]),
});

function openOf(random: Random): Open {
  return {
    ...OPEN,
    asn: random.chance(0.9) ? OPEN.asn : 1,
    holdTime: random.pick([0, 2, 3, 90, 90, 90]),
    routerId: random.pick([1, 0x0a000002]),
    capabilities: random.chance(0.5) ? OPEN.capabilities : [...OPEN.capabilities, RESTART],
  };
}

const messageOf = (random: Random): Message =>
  random.pick<() => Message>([
    () => openOf(random),
    () => openOf(random),
    () => KEEPALIVE,
    () => KEEPALIVE,
    () => UPDATE,
    () => REFRESH,
    () => notification(random.pick([2, 6]), random.pick([1, 7])),
  ])();

function eventOf(random: Random, links: readonly Link[]): SessionEvent {
  const link = links.length > 0 && random.chance(0.9) ? random.pick(links) : random.below(20);
  const failure = { notification: notification(1, 1), says: 'nonsense', rfc: 'RFC 4271 6.1' };
  return random.pick<() => SessionEvent>([
    () => ({ kind: 'start' }),
    () => ({ kind: 'start' }),
    () => (random.chance(0.2) ? { kind: 'stop', cease: 2, communication: 'enough' } : { kind: 'tick' }),
    () => ({ kind: 'connected', link }),
    () => ({ kind: 'connected', link }),
    () => ({ kind: 'accepted' }),
    () => ({ kind: random.pick(['connect-failed', 'closed']), link, says: 'gone' }),
    () => ({ kind: 'received', link, message: messageOf(random) }),
    () => ({ kind: 'received', link, message: messageOf(random) }),
    () => ({ kind: 'received', link, message: messageOf(random) }),
    () => ({ kind: 'received', link, message: messageOf(random) }),
    () => (random.chance(0.2) ? { kind: 'malformed', link, failure } : { kind: 'tick' }),
    () => ({ kind: 'outflow', link, waiting: random.chance(0.5) }),
    () => ({ kind: 'tick' }),
  ])();
}

/** Who has nothing to wait for: the one who was stopped, who only listens, or who agreed on no hold time. */
function mayWaitForEver({ phase, settings }: Session): boolean {
  switch (phase.kind) {
    case 'Idle':
      return phase.startAt === null;
    case 'Active':
      return settings.role === 'listen' && phase.delayed === null;
    case 'Established':
      return phase.agreement.holdTime === 0 && phase.sendBy === null;
    default:
      return false;
  }
}

function isInTime({ phase }: Session, wires: Wires, now: number): boolean {
  if (phase.kind !== 'Established' || phase.agreement.holdTime === 0) return true;
  return now - wires.lastSign(phase.link) < phase.agreement.holdTime * 1000;
}

it('holds, whatever happens in whatever order', () => {
  const seen = new Set<string>();
  underSeeds(1500, 20_000, (random) => {
    let session = newSession(settingsOf(random));
    const wires = new Wires();
    let now = 0;
    for (let i = 0; i < STEPS; i++) {
      const event = eventOf(random, linksOf(session));
      const at = nextDeadline(session);
      if (event.kind === 'tick' && at !== null && random.chance(0.7)) now = Math.max(now, at);
      else now += random.pick([0, 1, 100, 10_000]);
      const before = session.phase;
      wires.hear(event, now);
      const next = step(session, event, now, random.below(1000) / 1000);
      wires.take(event, next.actions);
      for (const action of next.actions) {
        if (action.kind === 'moved') seen.add(`${action.from} ${action.to} ${action.why.cause}`);
      }
      session = next.session;
      const due = nextDeadline(session);
      assert.ok(due === null ? mayWaitForEver(session) : due > now, 'no timer is in the past, or forgotten');
      const links = linksOf(session);
      assert.deepEqual([...wires.open].sort(), [...links].sort(), 'what is open is what is known');
      assert.ok(links.length <= (session.phase.kind === 'Established' ? 1 : 2), 'too many connections');
      assert.ok(isInTime(session, wires, now), 'it stands although nothing was heard for the hold time');
      if (session.phase.kind !== 'Established' || before.kind === 'Established') continue;
      wires.bothAgreed(session.phase.link);
    }
  });
  if (process.env['SEED'] !== undefined) return;
  const listed = TRANSITIONS.flatMap(({ from, to, causes }) =>
    causes.map((cause) => `${from} ${to} ${cause}`),
  );
  const never = listed.filter((one) => !seen.has(one));
  assert.deepEqual(never, [], 'listed, and never seen');
});
