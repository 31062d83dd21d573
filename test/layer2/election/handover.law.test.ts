/** Laws of make before break: somebody always answers, and the previous owner for a second at most. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HANDOVER_MAX, Handover, NO_SUCCESSOR } from '../../../src/layer2/election/handover.ts';
import type { OwnedAddress } from '../../../src/layer2/packets/layer2-wire.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { type Random, underSeeds } from '../../support/random.ts';

const NODES = ['n1', 'n2', 'n3', 'n4'];
const OWNED: OwnedAddress = {
  ...{ address: { family: 4, bits: 0x0a000001n }, interfaces: null, isProbed: false },
};
/** Longest time until a node has read of a change, and until an announcement arrives; both are less than the handover. */
const [READ_MAX, WIRE_MAX] = [600, 50];

/** Nodes that read at different times who owns the address, on a segment that loses announcements. */
class Segment {
  readonly clock = new FakeClock();
  readonly nodes = new Map(NODES.map((name) => [name, new Handover()]));
  /** Since when each node owns the address no more. */
  readonly leftAt = new Map<string, number>();
  readonly #random: Random;

  constructor(random: Random, first: string) {
    this.#random = random;
    for (const name of NODES) this.#read(name, first);
  }

  /** Each node reads of the new owner in its own time. */
  move(owner: string): void {
    for (const name of NODES) this.clock.after(this.#random.below(READ_MAX), () => this.#read(name, owner));
  }

  answering(): readonly string[] {
    return [...this.nodes].filter(([, one]) => one.table.length > 0).map(([name]) => name);
  }

  #read(name: string, owner: string): void {
    const { clock } = this;
    const handover = this.nodes.get(name) ?? assert.fail();
    const isOwner = name === owner;
    if (!isOwner && !this.leftAt.has(name)) this.leftAt.set(name, clock.now());
    if (isOwner) this.leftAt.delete(name);
    handover.update(isOwner ? [OWNED] : [], isOwner ? NO_SUCCESSOR : () => owner, clock.now());
    if (handover.nextDue !== null)
      clock.after(handover.nextDue - clock.now(), () => handover.expire(clock.now()));
    if (!isOwner) return;
    for (const other of NODES)
      if (other !== name && this.#random.chance(0.7))
        clock.after(this.#random.below(WIRE_MAX), () =>
          this.nodes.get(other)?.announced(OWNED.address, name, clock.now()),
        );
  }
}

test('somebody answers at every moment, and nobody for more than a second after it has read of the successor', () => {
  underSeeds(100, 2_000, (random) => {
    const segment = new Segment(random, random.pick(NODES));
    for (let move = 0; move < 8; move++) {
      segment.move(random.pick(NODES));
      const until = segment.clock.now() + READ_MAX + WIRE_MAX + random.below(2 * HANDOVER_MAX);
      while (segment.clock.now() < until) {
        segment.clock.advance(
          Math.max(0, Math.min(segment.clock.nextAt ?? until, until) - segment.clock.now()),
        );
        const answering = segment.answering();
        assert.ok(answering.length > 0, `nobody answers at ${segment.clock.now()}`);
        for (const name of answering) {
          const since = segment.leftAt.get(name);
          assert.ok(since === undefined || segment.clock.now() <= since + HANDOVER_MAX, `${name} goes on`);
        }
      }
    }
    segment.clock.advance(2 * HANDOVER_MAX);
    assert.equal(segment.answering().length, 1);
  });
});
