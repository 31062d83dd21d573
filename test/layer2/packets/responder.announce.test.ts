/** Addresses that are announced anew, though they are answered for: a part of the segment missed it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { owned, WireStory } from './support/wire-story.ts';

/** An announcement, without its addresses and octets. */
const shape = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => /(request|reply) \S+|answering \S+/.exec(line)?.[0] ?? line);

const ANNOUNCED = ['request 192.0.2.10', 'reply 192.0.2.10'];

describe('an address that is to be announced anew', () => {
  it('is announced as at first, and others are left alone', () => {
    const wire = new WireStory();
    wire.own(owned('192.0.2.10'), owned('192.0.2.11'));
    wire.run(5000);
    wire.take();
    wire.responder.announce([owned('192.0.2.10').address, owned('192.0.2.99').address], wire.now);
    wire.run(0);
    assert.deepEqual(shape(wire.take()), [...ANNOUNCED, 'answering 192.0.2.10']);
    wire.run(1000);
    assert.deepEqual(shape(wire.take()), ANNOUNCED, 'and once more a second later');
  });

  it('is not while it is probed, refused, or the process was suspended', () => {
    const wire = new WireStory();
    wire.own(owned('192.0.2.10', { isProbed: true }));
    wire.run(0);
    wire.take();
    wire.responder.announce([owned('192.0.2.10').address], wire.now);
    wire.run(0);
    assert.deepEqual(wire.take(), []);
    wire.responder.suspend(700);
    wire.take();
    wire.responder.announce([owned('192.0.2.10').address], wire.now);
    wire.run(1000);
    assert.deepEqual(wire.take(), []);
  });
});
