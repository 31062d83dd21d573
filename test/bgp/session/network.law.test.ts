/** Two sessions over a faulty network: they converge to one established connection. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { BgpSessionSettings } from '../../../src/bgp/session/settings.ts';
import { type Random, underSeeds } from '../../support/random.ts';
import { GRACEFUL_RESTART, SETTINGS } from './support/harness.ts';
import { Network, type Side } from './support/network.ts';

const MINUTE = 60_000;
const SIDES: readonly Side[] = [0, 1];

type Role = BgpSessionSettings['role'];

const ROLES: readonly (readonly [Role, Role])[] = [
  ['both', 'both'],
  ['both', 'both'],
  ['dial', 'listen'],
  ['listen', 'dial'],
  ['both', 'listen'],
  ['dial', 'both'],
];

function randomPair(
  random: Random,
  shared: Partial<BgpSessionSettings> = {},
): readonly [BgpSessionSettings, BgpSessionSettings] {
  const [one, two] = random.pick(ROLES);
  const holdTime = random.pick([9, 30, 90]);
  const delayOpen = (): number => random.pick([0, 0, 5000]);
  const isInternal = random.chance(0.3);
  const local: BgpSessionSettings = { ...SETTINGS, holdTime, role: one, delayOpen: delayOpen(), ...shared };
  const [asn, peerAsn] = isInternal ? [local.asn, 'internal' as const] : [64_501, local.asn];
  const routerId = random.pick([1, 0x0a000002, ...(isInternal ? [] : [local.routerId])]);
  const peer: BgpSessionSettings = {
    ...local,
    asn,
    peerAsn,
    routerId,
    role: two,
    delayOpen: delayOpen(),
    ...shared,
  };
  return [{ ...local, peerAsn: isInternal ? 'internal' : asn }, peer];
}

function assertEstablishedTogether(network: Network): void {
  const [one, two] = SIDES.map((side) => network.establishedOn(side));
  assert.ok(one !== null && two !== null, SIDES.map((side) => network.session(side).phase.kind).join(', '));
  assert.equal(one, two, 'the sides are established on different connections');
  for (const side of SIDES)
    assert.deepEqual(network.connectionsOf(side), [one], 'a connection was not closed');
}

it('both sides are established on one connection some time after the faults end, and stay so', () => {
  underSeeds(200, 5000, (random) => {
    const network = new Network(
      randomPair(random, { gracefulRestart: random.pick([null, GRACEFUL_RESTART]) }),
      random,
    );
    network.isFaulty = true;
    for (const side of SIDES) network.apply(side, { kind: 'start' });
    for (let minute = random.below(12); minute >= 0; minute--) {
      network.runUntil(network.now + MINUTE);
      if (random.chance(0.1)) network.isFaulty = !network.isFaulty;
      if (!random.chance(0.05)) continue;
      const side = random.pick(SIDES);
      network.apply(side, { kind: 'stop', cease: random.pick([2, 4, null]), communication: '' });
      network.apply(side, { kind: 'start' });
    }
    network.isFaulty = false;
    network.runUntil(network.now + 15 * MINUTE);
    assertEstablishedTogether(network);
    const before = network.transitions.length;
    network.runUntil(network.now + 5 * MINUTE);
    assert.deepEqual(network.transitions.slice(before), []);
  });
});

it('both sides of a collision keep the same connection, and no established session is dropped', () => {
  underSeeds(1000, 20_000, (random) => {
    const network = new Network(
      randomPair(random, {
        role: 'both',
        delayOpen: 0,
        gracefulRestart: random.pick([null, GRACEFUL_RESTART]),
      }),
      random,
    );
    const [first, second] = random.pick([[0, 1] as const, [1, 0] as const]);
    network.apply(first, { kind: 'start' });
    network.runUntil(random.below(200));
    network.apply(second, { kind: 'start' });
    network.runUntil(2 * MINUTE);
    assertEstablishedTogether(network);
    assert.ok(!network.transitions.some(({ from }) => from === 'Established'));
  });
});
