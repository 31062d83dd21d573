/** Random and mutated packets never throw, and what they lead to can be sent. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decodePacket, encodePacket } from '../../src/bfd/packet.ts';
import { nextBfdDeadline } from '../../src/bfd/session.ts';
import type { BfdSessionState } from '../../src/bfd/status.ts';
import { type Random, underSeeds } from '../support/random.ts';
import { BfdHarness, decoded, METICULOUS, remotePacket } from './support/harness.ts';
import { mutateOctets, randomOctets } from './support/octets.ts';

const PACKETS = 300;
const STATES: readonly BfdSessionState[] = ['AdminDown', 'Down', 'Init', 'Up'];

function randomPacket(random: Random): Uint8Array {
  const octets = remotePacket(
    {
      state: random.pick(STATES),
      poll: random.chance(0.3),
      final: random.chance(0.3),
      demand: random.chance(0.1),
      detectMultiplier: 1 + random.below(255),
      desiredMinTx: random.pick([0, 0.001, 100, 4e6]),
      requiredMinRx: random.pick([0, 0.001, 100, 4e6]),
    },
    random.chance(0.5) ? { authentication: METICULOUS, sequence: random.below(2 ** 32) } : null,
  );
  return random.chance(0.5) ? octets : mutateOctets(octets, random);
}

it('no packet makes a session throw, stop, or send what cannot be read', () => {
  underSeeds(60, 3000, (random) => {
    const harness = new BfdHarness({
      authentication: random.pick([null, METICULOUS]),
      passive: random.chance(0.2),
    });
    for (let packets = 0; packets < PACKETS; packets++) {
      harness.now += random.below(500);
      const octets = random.chance(0.2) ? randomOctets(random) : randomPacket(random);
      const packet = decodePacket(octets);
      if (packet.ok) harness.apply({ kind: 'received', packet: packet.value, octets });
      else harness.apply({ kind: 'tick' });
      for (const sent of harness.sent) assert.equal(sent.myDiscriminator, harness.session.localDiscriminator);
      const { session } = harness;
      const deadline = nextBfdDeadline(session);
      if (session.remote === null) assert.equal(deadline === null, session.settings.passive);
      else assert.ok(deadline !== null, 'silence has a deadline');
    }
  });
});

it('what is read can be written, and is read as the same', () => {
  underSeeds(20, 1000, (random) => {
    for (let packets = 0; packets < PACKETS; packets++) {
      const packet = decodePacket(randomPacket(random));
      if (!packet.ok || packet.value.authentication !== null) continue;
      const octets = encodePacket(packet.value, 0);
      assert.deepEqual(decoded(octets), packet.value);
    }
  });
});
