/** Laws about single frames: whatever arrives, nothing throws, and answers keep what the RFCs say. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answer } from '../../../src/layer2/packets/answer.ts';
import { type Random, underSeeds } from '../../support/random.ts';
import { advertisement, arp, describeFrame, macBytes, solicitation, US } from './support/frames.ts';
import { STANDINGS } from './support/verdict-rows.ts';

const MAC = Uint8Array.from(macBytes(US));
const FRAMES_PER_SEED = 500;

const decide = (bytes: Uint8Array, vlanTag: number | null = null) =>
  answer({ bytes, vlanTag, isForAnotherHost: false }, MAC, STANDINGS);

/** A frame that is nearly right, so that it comes far. */
function almostValid(random: Random): Uint8Array {
  const valid = random
    .pick([
      arp(),
      arp({ sender: '0.0.0.0' }),
      arp({ sender: '192.0.2.10' }),
      arp({ tags: [[0x8100, 0]] }),
      solicitation(),
      solicitation({ source: '::', options: [] }),
      solicitation({ destination: '2001:db8::10', options: [] }),
      advertisement(),
    ])
    .slice();
  for (let count = random.below(4); count > 0; count--) valid[random.below(valid.length)] = random.below(256);
  return random.chance(0.2) ? valid.subarray(0, random.below(valid.length + 1)) : valid;
}

const noise = (random: Random): Uint8Array =>
  Uint8Array.from({ length: random.below(120) }, () => random.below(256));

describe('a random frame', () => {
  it('never throws, and is never changed', () => {
    underSeeds(10, 500, (random) => {
      for (let count = 0; count < FRAMES_PER_SEED; count++) {
        const bytes = random.chance(0.7) ? almostValid(random) : noise(random);
        const before = bytes.slice();
        decide(bytes, random.chance(0.1) ? random.below(0x1_0000) : null);
        assert.equal(Buffer.compare(bytes, before), 0);
      }
    });
  });

  it('that is answered is answered by us, for an address that may be, in a valid frame to one host or to all nodes', () => {
    underSeeds(10, 500, (random) => {
      let answered = 0;
      for (let count = 0; count < FRAMES_PER_SEED; count++) {
        const verdict = decide(almostValid(random));
        if (verdict.kind !== 'answer') continue;
        answered += 1;
        const { family, bits } = verdict.response.address;
        const standing = family === 4 ? STANDINGS.ofIpv4(Number(bits)) : STANDINGS.ofIpv6(bits);
        assert.equal(standing, 'answering');
        const text = describeFrame(verdict.response.frame);
        assert.match(
          text,
          family === 4
            ? /^02:00:00:00:00:aa > .[02468ace]:.* reply 192\.0\.2\.1[01] is 02:00:00:00:00:aa, to .* 60 octets$/
            : /^02:00:00:00:00:aa > (.[02468ace]:.*|33:33:00:00:00:01) NA 2001:db8::1[01] > .* hop 255 2001:db8::1[01] \[S?O\] 02010200000000aa$/,
        );
      }
      assert.ok(answered > 0);
    });
  });

  it('that has a VLAN ID is left alone', () => {
    underSeeds(5, 100, (random) => {
      for (let count = 0; count < FRAMES_PER_SEED; count++) {
        const id = 1 + random.below(0xfff);
        assert.equal(decide(almostValid(random), id).kind, 'ignore');
      }
    });
  });

  it('that we sent is left alone: two speakers cannot talk to each other without end', () => {
    underSeeds(5, 100, (random) => {
      for (let count = 0; count < FRAMES_PER_SEED; count++) {
        const verdict = decide(almostValid(random));
        if (verdict.kind !== 'answer') continue;
        assert.equal(decide(verdict.response.frame).kind, 'ignore');
        const elsewhere = Uint8Array.from(verdict.response.frame);
        elsewhere[11] = 0xbb; // the same answer by another node is a claim, and never answered
        assert.notEqual(decide(elsewhere).kind, 'answer');
      }
    });
  });
});
