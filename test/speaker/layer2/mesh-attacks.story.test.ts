/** Who can send packets to speakers, but has not their secret; and what happens while that secret is replaced. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BfdAuthentication, BfdSettings } from '../../../src/bfd/settings.ts';
import { bfdAuthentication, type KeyRing, withSecret } from '../../../src/layer2/membership/key-ring.ts';
import { remotePacket, SETTINGS } from '../../bfd/support/harness.ts';
import { BfdNetwork, type Side } from '../../bfd/support/network.ts';
import { seeded } from '../../support/random.ts';

/** As between speakers. */
const MESH: BfdSettings = { ...SETTINGS, desiredMinTx: 200, requiredMinRx: 200, detectMultiplier: 3 };
const SIDES: readonly Side[] = [0, 1];

const keyOf = (secret: string): BfdAuthentication =>
  bfdAuthentication(withSecret([], secret, 0), 0) ?? assert.fail('no key');

const OURS = keyOf('secret of the speakers');
const GUESSED = keyOf('guessed');

function upPair(seed = 1): BfdNetwork {
  const settings = { ...MESH, authentication: OURS };
  const network = new BfdNetwork([settings, settings], seeded(seed));
  network.runUntil(5000);
  assert.deepEqual(network.states, ['Up', 'Up']);
  return network;
}

const downs = ({ transitions }: BfdNetwork): number => transitions.filter(({ from }) => from === 'Up').length;

/** Runs on, with a packet of somebody else to both sides every 50 ms. */
function underAttack(network: BfdNetwork, packetFor: (side: Side, round: number) => Uint8Array): void {
  for (let round = 0; round < 200; round++) {
    for (const side of SIDES) network.inject(side, packetFor(side, round));
    network.runUntil(network.now + 50);
  }
}

describe('a BFD session between speakers', () => {
  for (const [says, signing] of [
    ['that is not signed', () => null],
    ['that is signed with a guessed secret', (sequence: number) => ({ authentication: GUESSED, sequence })],
    [
      'that is signed with a guessed secret, under the ID of ours',
      (sequence: number) => ({
        authentication: {
          ...GUESSED,
          keys: GUESSED.keys.map(({ key }) => ({ id: OURS.activeKeyId, key })),
          activeKeyId: OURS.activeKeyId,
        },
        sequence,
      }),
    ],
  ] as const)
    it(`stays up under an AdminDown ${says}`, () => {
      const network = upPair();
      underAttack(network, (side, round) => {
        const { localDiscriminator: yourDiscriminator, receivedSequence } = network.sessions[side];
        const sequence = ((receivedSequence?.sequence ?? 0) + 1 + (round % 3)) >>> 0;
        return remotePacket({ state: 'AdminDown', yourDiscriminator }, signing(sequence));
      });
      assert.deepEqual([network.states, downs(network)], [['Up', 'Up'], 0]);
    });

  it('stays up under its own packets, recorded and sent again', () => {
    const network = upPair();
    const recorded = [[...network.sent[1]], [...network.sent[0]]] as const;
    underAttack(network, (side, round) => {
      const packets = recorded[side];
      return packets[round % packets.length] ?? assert.fail('nothing was sent');
    });
    assert.deepEqual([network.states, downs(network)], [['Up', 'Up'], 0]);
  });

  it('stays up under the AdminDown that its remote sent before a restart', () => {
    const before = upPair(2);
    before.apply(1, { kind: 'disable' });
    before.runUntil(before.now + 1000);
    const farewell = before.sent[1].at(-1) ?? assert.fail('nothing was sent');
    const network = upPair(3);
    underAttack(network, () => farewell);
    assert.deepEqual([network.states, downs(network)], [['Up', 'Up'], 0]);
  });
});

describe('a secret that is replaced', () => {
  const SECONDS = 1000;

  /** The rings of two speakers, which read the new secret at these times. */
  function rotate(readAt: readonly [number, number], rings: [KeyRing, KeyRing]): BfdNetwork {
    const of = (side: Side, now: number) => ({
      ...MESH,
      authentication: bfdAuthentication(rings[side], now),
    });
    const network = new BfdNetwork([of(0, 0), of(1, 0)], seeded(4));
    for (let now = SECONDS; now <= 600 * SECONDS; now += SECONDS) {
      network.runUntil(now);
      for (const side of SIDES) {
        if (now === readAt[side]) rings[side] = withSecret(rings[side], 'two', now);
        network.apply(side, { kind: 'settings', settings: of(side, now) });
      }
    }
    return network;
  }

  const known = (secret: string): KeyRing => withSecret([], secret, Number.NEGATIVE_INFINITY);

  it('takes no session down, though one node reads it a minute and a half later', () => {
    const network = rotate([10 * SECONDS, 100 * SECONDS], [known('one'), known('one')]);
    assert.deepEqual([network.states, downs(network)], [['Up', 'Up'], 0]);
    const [first] = network.sessions;
    assert.deepEqual(first.settings.authentication, keyOf('two'), 'the old one is forgotten');
  });

  it('lets a speaker join that begins with the new one alone', () => {
    const network = rotate([10 * SECONDS, 0], [known('one'), known('two')]);
    assert.deepEqual([network.states, downs(network)], [['Up', 'Up'], 0]);
  });
});
