/** Laws of two BFD sessions over a path that loses packets. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { detectionTime } from '../../src/bfd/session.ts';
import type { BfdAuthentication, BfdSettings } from '../../src/bfd/settings.ts';
import { type Random, underSeeds } from '../support/random.ts';
import { key, METICULOUS, SETTINGS } from './support/harness.ts';
import { BfdNetwork, type Side } from './support/network.ts';
import { mutateOctets } from './support/octets.ts';

/** Long enough to come up: some packets a second apart. */
const UP_WITHIN = 6000;
const SIDES: readonly Side[] = [0, 1];

const randomSettings = (random: Random, authentication: BfdAuthentication | null): BfdSettings => ({
  ...SETTINGS,
  desiredMinTx: random.pick([10, 50, 300, 1000, 1500]),
  requiredMinRx: random.pick([10, 50, 300, 1000, 1500]),
  detectMultiplier: random.pick([1, 2, 3, 10]),
  authentication,
});

/** At most one side is passive (RFC 5880 6.1). */
function randomNetwork(random: Random, authentication: BfdAuthentication | null = null): BfdNetwork {
  const passive = random.pick([null, 0, 1]);
  return new BfdNetwork(
    [
      { ...randomSettings(random, authentication), passive: passive === 0 },
      { ...randomSettings(random, authentication), passive: passive === 1 },
    ],
    random,
  );
}

const authenticated = (random: Random): BfdAuthentication | null =>
  random.pick([null, METICULOUS, { ...METICULOUS, type: 'keyed-sha1' as const }]);

/** Less than the tenth of 10 ms that jitter leaves a session with a multiplier of 1. */
const SHORT_DELAY = 0.9;

/** The last packets of a side may not have arrived yet, so that they are no replays. */
const IN_FLIGHT_MAX = 4;

it('two sessions come up, and never go down without loss', () => {
  underSeeds(60, 2000, (random) => {
    const network = randomNetwork(random, authenticated(random));
    network.delayMax = SHORT_DELAY;
    network.runUntil(UP_WITHIN);
    assert.deepEqual(network.states, ['Up', 'Up']);
    network.runUntil(UP_WITHIN + 30_000);
    assert.deepEqual(
      network.transitions.filter(({ from }) => from === 'Up'),
      [],
    );
  });
});

it('two sessions come up after any loss, once it ends', () => {
  underSeeds(60, 2000, (random) => {
    const network = randomNetwork(random, authenticated(random));
    network.delayMax = random.pick([1, 100]);
    network.duplication = random.pick([0, 0.3]);
    network.reorders = random.chance(0.5);
    network.loss = [random.pick([0, 0.3, 0.9]), random.pick([0, 0.3, 1])];
    network.runUntil(20_000);
    Object.assign(network, { loss: [0, 0], duplication: 0, reorders: false, delayMax: SHORT_DELAY });
    // Twice the detection time until numbers of before are forgotten, then some packets.
    network.runUntil(20_000 + 2 * 10 * 1500 + UP_WITHIN);
    assert.deepEqual(network.states, ['Up', 'Up']);
  });
});

it('no side stays up for longer than its detection time after a cut, in whichever direction', () => {
  underSeeds(60, 2000, (random) => {
    const network = randomNetwork(random, authenticated(random));
    network.delayMax = SHORT_DELAY;
    network.runUntil(UP_WITHIN + random.below(3000));
    assert.deepEqual(network.states, ['Up', 'Up']);
    const [first, second] = network.sessions;
    const hasPassive = first.settings.passive || second.settings.passive;
    const [one, other] = [detectionTime(first), detectionTime(second)];
    network.loss = random.pick([
      [1, 1],
      [0, 1],
      [1, 0],
    ]);
    const cutAt = network.now;
    // One that goes down says so, and where this still arrives, the other one goes down by that. A passive one may not send to
    // a remote that it no longer hears (RFC 5880 6.8.7), so that the other one goes down by its silence.
    network.runUntil(cutAt + (hasPassive ? one + other : Math.max(one, other)) + 2 * SHORT_DELAY);
    const stillUp = SIDES.filter((side) => network.sessions[side].state === 'Up');
    assert.deepEqual(stillUp, []);
  });
});

it('a change of intervals while up takes nobody down, though one packet in ten is lost', () => {
  underSeeds(40, 1000, (random) => {
    const network = randomNetwork(random);
    const robust = { detectMultiplier: 10 };
    for (const side of SIDES)
      network.apply(side, { kind: 'settings', settings: { ...network.sessions[side].settings, ...robust } });
    network.delayMax = SHORT_DELAY;
    network.runUntil(UP_WITHIN);
    network.loss = [0.1, 0.1];
    for (let edits = 0; edits < 10; edits++) {
      const side = random.pick(SIDES);
      const settings = { ...randomSettings(random, null), ...robust };
      network.apply(side, { kind: 'settings', settings });
      network.runUntil(network.now + random.below(4000));
    }
    assert.deepEqual(
      network.transitions.filter(({ from }) => from === 'Up'),
      [],
    );
  });
});

it('forged and replayed packets change nothing under meticulous authentication', () => {
  underSeeds(40, 1000, (random) => {
    const network = randomNetwork(random, METICULOUS);
    network.delayMax = SHORT_DELAY;
    network.runUntil(UP_WITHIN);
    const outsider = new BfdNetwork(
      [
        { ...SETTINGS, authentication: { ...METICULOUS, keys: [{ id: 7, key: key('a guess') }] } },
        { ...SETTINGS, authentication: null },
      ],
      random,
    );
    outsider.runUntil(3000);
    for (let attack = 0; attack < 100; attack++) {
      network.runUntil(network.now + random.below(100));
      const to = random.pick(SIDES);
      const heard = network.sent[to === 0 ? 1 : 0].slice(0, -IN_FLIGHT_MAX);
      const before = network.sessions[to];
      const octets = random.pick([
        () => random.pick(heard),
        () => random.pick(outsider.sent[0]),
        () => random.pick(outsider.sent[1]),
        () => mutateOctets(random.pick(heard), random),
      ])();
      network.inject(to, octets);
      assert.deepEqual({ ...network.sessions[to], ...sending(before) }, before);
    }
    assert.deepEqual(network.states, ['Up', 'Up']);
  });
});

/** What our own packets change, whatever arrives. */
const sending = ({ sendAt, sentAt, sendSequence }: BfdNetwork['sessions'][0]): object => ({
  sendAt,
  sentAt,
  sendSequence,
});

it('recorded packets bring no session up once its remote is silent, under either authentication', () => {
  underSeeds(20, 500, (random) => {
    const type = random.pick(['keyed-sha1', 'meticulous-keyed-sha1'] as const);
    const network = randomNetwork(random, { ...METICULOUS, type });
    network.delayMax = SHORT_DELAY;
    network.runUntil(UP_WITHIN);
    const recorded = [...network.sent[1]];
    network.loss = [1, 1];
    network.runUntil(network.now + 2 * Math.max(...network.sessions.map(detectionTime)) + random.below(5000));
    network.transitions.length = 0;
    for (const octets of recorded) {
      network.inject(0, octets);
      network.runUntil(network.now + random.below(300));
    }
    assert.deepEqual(
      network.transitions.filter(({ side, to }) => side === 0 && to === 'Up'),
      [],
    );
  });
});
