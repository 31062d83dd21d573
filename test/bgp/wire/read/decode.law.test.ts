/**
 * Fuzzing: every input gives a message or a failure, in memory bounded by the input. 200,000 inputs; BERTH_FULL runs
 * 10 million.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeMessage } from '../../../../src/bgp/wire/read/decode.ts';
import { Framer } from '../../../../src/bgp/wire/read/framer.ts';
import { underSeeds } from '../../../support/random.ts';
import { assertInvariants, capturedMessages, fuzzedMessage, mutated, randomTerms } from '../support/fuzz.ts';
import * as generate from '../support/generate.ts';

const EACH = 10_000;

describe('a random or mutated input', () => {
  it('gives a message or a failure', () => {
    const seen = { messages: 0, failures: 0, faults: 0 };
    underSeeds(20, 1000, (dice) => {
      for (let i = 0; i < EACH; i++) {
        const bytes = fuzzedMessage(dice, i % 10 === 0);
        const read = decodeMessage(bytes, randomTerms(dice));
        assertInvariants(read, bytes.length);
        if (!read.ok) seen.failures++;
        else if (read.value.kind === 'update' && read.value.faults.length > 0) seen.faults++;
        else seen.messages++;
      }
    });
    // A law that everything fails at the door would hold as well.
    const all = seen.messages + seen.failures + seen.faults;
    for (const count of Object.values(seen)) assert.ok(count > all / 20, JSON.stringify(seen));
  });

  it('in a stream buffers at most one message', () => {
    underSeeds(200, 5000, (dice) => {
      const longest = dice.pick([4096, 65_535]);
      const splitter = new Framer(longest);
      const stream = Buffer.concat(
        generate.times(20, () =>
          dice.chance(0.05) ? mutated(dice, dice.pick(capturedMessages)) : dice.pick(capturedMessages),
        ),
      );
      let given = 0;
      for (let at = 0; at < stream.length; ) {
        const size = dice.chance(0.3) ? 1 : 1 + dice.below(200);
        splitter.push(stream.subarray(at, at + size));
        at += size;
        for (;;) {
          const next = splitter.next();
          if (!next.ok) {
            assert.deepEqual(splitter.next(), next);
            assert.equal(splitter.bufferedBytes, 0);
            return;
          }
          if (next.value === null) break;
          assert.ok(next.value.length <= longest);
          given += next.value.length;
        }
        assert.ok(splitter.bufferedBytes <= longest);
        assert.equal(given + splitter.bufferedBytes, Math.min(at, stream.length));
      }
    });
  });
});
