/** Round trips: every message decodes to what was encoded. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Message, Update } from '../../../../src/bgp/wire/message.ts';
import type { ReadTerms, WriteTerms } from '../../../../src/bgp/wire/negotiated.ts';
import { decodePrefixes } from '../../../../src/bgp/wire/nlri.ts';
import { decodeMessage } from '../../../../src/bgp/wire/read/decode.ts';
import { Framer } from '../../../../src/bgp/wire/read/framer.ts';
import { encodeMessage } from '../../../../src/bgp/wire/write/encode.ts';
import { encodeEndOfRib, packAnnouncements, packWithdrawals } from '../../../../src/bgp/wire/write/pack.ts';
import type { Family } from '../../../../src/net/address.ts';
import type { Prefix } from '../../../../src/net/prefix.ts';
import { underSeeds } from '../../../support/random.ts';
import * as generate from '../support/generate.ts';

const FAMILIES: readonly Family[] = [4, 6];

const readTerms = (terms: WriteTerms): ReadTerms => ({
  internal: true,
  fourOctetAs: terms.fourOctetAs,
  families: FAMILIES,
  extendedNextHop: terms.extendedNextHop,
  receiveMax: terms.sendMax,
});

function decoded(bytes: Uint8Array, terms: ReadTerms): Message {
  const read = decodeMessage(bytes, terms);
  assert.ok(read.ok, read.ok ? '' : read.error.reason);
  return read.value;
}

function decodedUpdate(bytes: Uint8Array, terms: ReadTerms): Update {
  const message = decoded(bytes, terms);
  assert.equal(message.kind, 'update');
  return message as Update;
}

const DEFAULTS: WriteTerms = { fourOctetAs: true, extendedNextHop: true, sendMax: 4096 };

describe('an encoded message', () => {
  it('decodes to the same value: all but UPDATE', () => {
    underSeeds(300, 5000, (random) => {
      const message = generate.plainMessage(random);
      assert.deepEqual(decoded(encodeMessage(message), readTerms(DEFAULTS)), message);
    });
  });

  it('decodes to the same value: announcements, packed into messages of the negotiated size', () => {
    underSeeds(120, 5000, (random) => {
      const terms = generate.terms(random);
      const family = random.pick(FAMILIES);
      const hopFamily = family === 4 && terms.extendedNextHop && random.chance(0.5) ? 6 : family;
      const path = { nextHop: generate.nextHop(random, hopFamily), attributes: generate.attributes(random) };
      const prefixes = generate.times(random.below(3000), () => generate.prefix(random, family));
      const packed = packAnnouncements({ family, path, prefixes }, terms);
      if (!packed.ok) {
        assert.equal(packed.error.kind, 'too-large');
        return;
      }
      const got: Prefix[] = [];
      for (const bytes of packed.value) {
        assert.ok(bytes.length <= terms.sendMax, `${bytes.length} octets`);
        const update = decodedUpdate(bytes, readTerms(terms));
        assert.deepEqual(update.faults, []);
        assert.deepEqual(update.withdrawn, []);
        assert.equal(update.endOfRib, null);
        assert.equal(update.announced.length, 1);
        assert.deepEqual(update.attributes, path.attributes);
        for (const { nlri, nextHop } of update.announced) {
          assert.deepEqual(nextHop, path.nextHop);
          got.push(...decodePrefixes(nlri));
        }
      }
      assert.deepEqual(got, prefixes);
    });
  });

  it('is filled: the next prefix would not have fit', () => {
    underSeeds(30, 1000, (random) => {
      const terms = generate.terms(random);
      const family = random.pick(FAMILIES);
      const path = { nextHop: generate.nextHop(random, family), attributes: generate.attributes(random) };
      const prefixes = generate.times(8000, () => generate.prefix(random, family));
      const packed = packAnnouncements({ family, path, prefixes }, terms);
      const messages = [packed.ok ? packed.value : [], packWithdrawals(family, prefixes, terms)];
      for (const list of messages) {
        for (const bytes of list.slice(0, -1)) assert.ok(bytes.length > terms.sendMax - 17);
      }
    });
  });

  it('decodes to the same value: withdrawals', () => {
    underSeeds(60, 3000, (random) => {
      const terms = generate.terms(random);
      const family = random.pick(FAMILIES);
      const prefixes = generate.times(random.below(3000), () => generate.prefix(random, family));
      const got: Prefix[] = [];
      for (const bytes of packWithdrawals(family, prefixes, terms)) {
        assert.ok(bytes.length <= terms.sendMax);
        const update = decodedUpdate(bytes, readTerms(terms));
        assert.deepEqual([update.announced, update.attributes, update.endOfRib], [[], null, null]);
        for (const nlri of update.withdrawn) got.push(...decodePrefixes(nlri));
      }
      assert.deepEqual(got, prefixes);
    });
  });

  it('is recognized as End-of-RIB', () => {
    for (const family of FAMILIES) {
      assert.equal(decodedUpdate(encodeEndOfRib(family), readTerms(DEFAULTS)).endOfRib, family);
    }
  });
});

describe('a stream', () => {
  it('gives the same messages wherever it is split', () => {
    underSeeds(20, 500, (random) => {
      const messages = generate.times(6, () => encodeMessage(generate.plainMessage(random)));
      const stream = Buffer.concat(messages);
      for (let cut = 0; cut <= stream.length; cut++) {
        const splitter = new Framer(4096);
        assertSame(frameAll(splitter, [stream.subarray(0, cut), stream.subarray(cut)]), messages);
        assert.equal(splitter.bufferedBytes, 0);
      }
      const single = [...stream].map((octet) => Uint8Array.of(octet));
      assertSame(frameAll(new Framer(4096), single), messages);
    });
  });

  it('truncated within its last message gives no additional message', () => {
    underSeeds(50, 500, (random) => {
      const bytes = encodeMessage(generate.plainMessage(random));
      for (let cut = 0; cut < bytes.length; cut++) {
        assert.deepEqual(frameAll(new Framer(4096), [bytes.subarray(0, cut)]), []);
        const read = decodeMessage(bytes.subarray(0, cut), readTerms(DEFAULTS));
        assert.equal(read.ok, false);
      }
    });
  });
});

function frameAll(splitter: Framer, chunks: readonly Uint8Array[]): Buffer[] {
  const messages: Buffer[] = [];
  for (const chunk of chunks) {
    splitter.push(chunk);
    for (;;) {
      const next = splitter.next();
      assert.ok(next.ok);
      if (next.value === null) break;
      messages.push(Buffer.from(next.value));
    }
  }
  return messages;
}

const assertSame = (got: readonly Uint8Array[], meant: readonly Uint8Array[]): void =>
  assert.deepEqual(got.map(hex), meant.map(hex));

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
