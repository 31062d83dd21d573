/** Two sessions with each other, whatever the network between them did before. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Settings } from '../../../src/bgp/session/settings.ts';
import { type Random, underSeeds } from '../../support/random.ts';
import { RESTART, SETTINGS } from './bench.ts';
import { Network, type Side } from './network.ts';

const MINUTE = 60_000;
const SIDES: readonly Side[] = [0, 1];

type Role = Settings['role'];

const ROLES: readonly (readonly [Role, Role])[] = [
  ['both', 'both'],
  ['both', 'both'],
  ['dial', 'listen'],
  ['listen', 'dial'],
  ['both', 'listen'],
  ['dial', 'both'],
];

function pairOf(random: Random, shared: Partial<Settings> = {}): readonly [Settings, Settings] {
  const [one, two] = random.pick(ROLES);
  const holdTime = random.pick([9, 30, 90]);
  const delayOpen = (): number => random.pick([0, 0, 5000]);
  const inside = random.chance(0.3);
  const ours: Settings = { ...SETTINGS, holdTime, role: one, delayOpen: delayOpen(), ...shared };
  const [asn, peerAsn] = inside ? [ours.asn, 'internal' as const] : [64_501, ours.asn];
  const routerId = random.pick([1, 0x0a000002, ...(inside ? [] : [ours.routerId])]);
  const theirs: Settings = { ...ours, asn, peerAsn, routerId, role: two, delayOpen: delayOpen(), ...shared };
  return [{ ...ours, peerAsn: inside ? 'internal' : asn }, theirs];
}

function standTogether(network: Network): void {
  const [one, two] = SIDES.map((side) => network.standsOn(side));
  assert.ok(one !== null && two !== null, SIDES.map((side) => network.session(side).phase.kind).join(', '));
  assert.equal(one, two, 'each stands on another connection');
  for (const side of SIDES) assert.deepEqual(network.wiresOf(side), [one], 'a connection is left over');
}

it('both stand, on one connection, some time after the network is good, and stay so', () => {
  underSeeds(200, 5000, (random) => {
    const network = new Network(pairOf(random, { gracefulRestart: random.pick([null, RESTART]) }), random);
    network.bad = true;
    for (const side of SIDES) network.happens(side, { kind: 'start' });
    for (let minute = random.below(12); minute >= 0; minute--) {
      network.runUntil(network.now + MINUTE);
      if (random.chance(0.1)) network.bad = !network.bad;
      if (!random.chance(0.05)) continue;
      const side = random.pick(SIDES);
      network.happens(side, { kind: 'stop', cease: random.pick([2, 4, null]), communication: '' });
      network.happens(side, { kind: 'start' });
    }
    network.bad = false;
    network.runUntil(network.now + 15 * MINUTE);
    standTogether(network);
    const before = network.moves.length;
    network.runUntil(network.now + 5 * MINUTE);
    assert.deepEqual(network.moves.slice(before), []);
  });
});

it('of two connections made at the same time both sides keep the same one, and none that stood is given up', () => {
  underSeeds(1000, 20_000, (random) => {
    const network = new Network(
      pairOf(random, { role: 'both', delayOpen: 0, gracefulRestart: random.pick([null, RESTART]) }),
      random,
    );
    const [first, second] = random.pick([[0, 1] as const, [1, 0] as const]);
    network.happens(first, { kind: 'start' });
    network.runUntil(random.below(200));
    network.happens(second, { kind: 'start' });
    network.runUntil(2 * MINUTE);
    standTogether(network);
    assert.ok(!network.moves.some(({ from }) => from === 'Established'));
  });
});
