import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type BgpPath, DEFAULT_ATTRIBUTES, toNextHop } from '../../../src/bgp/attributes/path.ts';
import { AdjRibOut } from '../../../src/bgp/rib/adj-rib-out.ts';
import type { SessionTerms } from '../../../src/bgp/rib/peer-terms.ts';
import { newRibTables } from '../../../src/bgp/rib/shared-tables.ts';
import type { Message } from '../../../src/bgp/wire/message.ts';
import { decodePrefixes } from '../../../src/bgp/wire/nlri.ts';
import { decodeMessage } from '../../../src/bgp/wire/read/decode.ts';
import { parseAddress } from '../../../src/net/address.ts';
import { formatPrefix, type Prefix, parsePrefix } from '../../../src/net/prefix.ts';
import { TOO_MANY_COMMUNITIES } from './support/receiver.ts';
import { advertisedRoutes, pendingRoutes, unsendableRoutes } from './support/rib-lists.ts';

const TERMS: SessionTerms = {
  families: [4, 6],
  fourOctetAs: true,
  extendedNextHop: false,
  enhancedRouteRefresh: false,
  sendMax: 4096,
};

function prefix(text: string): Prefix {
  const parsed = parsePrefix(text);
  assert.ok(parsed.ok);
  const { family, bits, length } = parsed.value;
  return { family, bits, length };
}

function pathVia(hop: string, med: number | null = null): BgpPath {
  const address = parseAddress(hop);
  assert.ok(address.ok);
  return { nextHop: toNextHop(address.value), attributes: { ...DEFAULT_ATTRIBUTES, med } };
}

const HOP4 = '192.0.2.1';
const HOP6 = '2001:db8::1';

/** `+10.0.0.1/32 10.0.0.2/32 med 5`, `-10.0.0.1/32`, `end 4`. */
function describeMessage(message: Message): string {
  if (message.kind === 'route-refresh') return `${['?', 'BoRR', 'EoRR'][message.subtype]} ${message.afi}`;
  if (message.kind !== 'update') return message.kind;
  if (message.endOfRib !== null) return `end ${message.endOfRib}`;
  const [withdrawn] = message.withdrawn;
  if (withdrawn !== undefined) return `-${decodePrefixes(withdrawn).map(formatPrefix).join(' ')}`;
  const [announced] = message.announced;
  const prefixes = announced === undefined ? [] : decodePrefixes(announced.nlri);
  return `+${prefixes.map(formatPrefix).join(' ')} med ${message.attributes?.med}`;
}

function receive(rib: AdjRibOut, octetsMax = Number.POSITIVE_INFINITY, terms = TERMS): readonly string[] {
  return rib.takeMessages(octetsMax).map((bytes) => {
    const read = decodeMessage(bytes, { ...terms, internal: true, receiveMax: terms.sendMax });
    assert.ok(read.ok);
    return describeMessage(read.value);
  });
}

/** An Adj-RIB-Out that has advertised a route for each prefix. */
function advertisedRib(texts: readonly string[], terms = TERMS): AdjRibOut {
  const rib = new AdjRibOut(newRibTables());
  for (const text of texts) rib.setDesired(prefix(text), pathVia(text.includes(':') ? HOP6 : HOP4, 1));
  rib.markComplete();
  rib.sessionEstablished(terms);
  rib.takeMessages(Number.POSITIVE_INFINITY);
  return rib;
}

describe('the UPDATEs to one peer', () => {
  it('hold all prefixes with the same path, by family', () => {
    const rib = new AdjRibOut(newRibTables());
    rib.sessionEstablished(TERMS);
    for (const text of ['10.0.0.2/32', '10.0.0.1/32']) rib.setDesired(prefix(text), pathVia(HOP4, 5));
    rib.setDesired(prefix('10.0.0.3/32'), pathVia(HOP4, 6));
    for (const text of ['2001:db8::a/128', '2001:db8::b/128']) rib.setDesired(prefix(text), pathVia(HOP6, 5));
    assert.deepEqual(receive(rib), [
      '+10.0.0.2/32 10.0.0.1/32 med 5',
      '+10.0.0.3/32 med 6',
      '+2001:db8::a/128 2001:db8::b/128 med 5',
    ]);
    assert.deepEqual(receive(rib), []);
  });

  it('withdraw before they announce, and replace a changed route without a withdrawal', () => {
    const rib = advertisedRib(['10.0.0.1/32', '10.0.0.2/32']);
    rib.setDesired(prefix('10.0.0.3/32'), pathVia(HOP4, 7));
    rib.setDesired(prefix('10.0.0.1/32'), pathVia(HOP4, 2));
    rib.setDesired(prefix('10.0.0.2/32'), null);
    assert.deepEqual(receive(rib), ['-10.0.0.2/32', '+10.0.0.3/32 med 7', '+10.0.0.1/32 med 2']);
  });

  it('have only the latest of many changes while the peer did not read', () => {
    const rib = advertisedRib(['10.0.0.1/32']);
    for (const med of [2, 3, 4, 5, 6]) rib.setDesired(prefix('10.0.0.1/32'), pathVia(HOP4, med));
    assert.equal(rib.counts(4).pending, 1);
    assert.deepEqual(receive(rib), ['+10.0.0.1/32 med 6']);
  });

  it('omit routes that were added and removed, or removed and restored, meanwhile', () => {
    const rib = advertisedRib(['10.0.0.1/32']);
    rib.setDesired(prefix('10.0.0.2/32'), pathVia(HOP4, 2));
    rib.setDesired(prefix('10.0.0.2/32'), null);
    rib.setDesired(prefix('10.0.0.1/32'), null);
    rib.setDesired(prefix('10.0.0.1/32'), pathVia(HOP4, 1));
    assert.equal(rib.counts(4).pending, 0);
    assert.deepEqual(receive(rib), []);
  });

  it('withdraw everything when the desired routes are cleared', () => {
    const rib = advertisedRib(['10.0.0.1/32', '2001:db8::a/128']);
    rib.setDesired(prefix('10.0.0.2/32'), pathVia(HOP4, 1));
    rib.clearDesired();
    assert.deepEqual(receive(rib), ['-10.0.0.1/32', '-2001:db8::a/128']);
    assert.equal(rib.counts(4).desired, 0);
  });

  it('are taken in whole messages, as many octets as requested', () => {
    const rib = new AdjRibOut(newRibTables());
    for (let at = 0; at < 3000; at++) {
      rib.setDesired({ family: 4, bits: BigInt(0x0a00_0000 + at), length: 32 }, pathVia(HOP4));
    }
    rib.sessionEstablished(TERMS);
    assert.deepEqual(rib.takeMessages(0), []);
    const sizes = [rib.takeMessages(1), rib.takeMessages(5000), rib.takeMessages(1_000_000)].map((list) =>
      list.map((one) => one.length),
    );
    // 19 + 4 octets, 4 + 3 + 7 of attributes, and 5 a prefix
    assert.deepEqual(sizes.slice(0, 2), [[4092], [4092, 4092]]);
    assert.equal(
      sizes.flat().reduce((sum, octets) => sum + (octets - 37) / 5, 0),
      3000,
    );
    assert.deepEqual(rib.counts(4), {
      desired: 3000,
      advertised: 3000,
      pending: 0,
      unsendable: 0,
      notCarried: 0,
    });
  });
});

describe('End-of-RIB', () => {
  it('is sent once for each family, when the desired routes are complete and advertised', () => {
    const rib = new AdjRibOut(newRibTables());
    rib.setDesired(prefix('10.0.0.1/32'), pathVia(HOP4, 1));
    rib.sessionEstablished(TERMS);
    assert.deepEqual(receive(rib), ['+10.0.0.1/32 med 1']);
    rib.setDesired(prefix('10.0.0.2/32'), pathVia(HOP4, 1));
    rib.markComplete();
    assert.deepEqual(receive(rib), ['end 6', '+10.0.0.2/32 med 1', 'end 4']);
    rib.setDesired(prefix('10.0.0.3/32'), pathVia(HOP4, 1));
    assert.deepEqual(receive(rib), ['+10.0.0.3/32 med 1']);
  });

  it('is sent again in the next session, after all routes', () => {
    const rib = advertisedRib(['10.0.0.1/32']);
    rib.sessionClosed();
    assert.deepEqual(advertisedRoutes(rib), []);
    assert.deepEqual(receive(rib), []);
    rib.setDesired(prefix('10.0.0.2/32'), pathVia(HOP4, 1));
    rib.sessionEstablished({ ...TERMS, families: [4] });
    assert.deepEqual(receive(rib), ['+10.0.0.1/32 10.0.0.2/32 med 1', 'end 4']);
  });
});

describe('a route refresh', () => {
  it('re-advertises all routes of its family, without those removed meanwhile', () => {
    const rib = advertisedRib(['10.0.0.1/32', '10.0.0.2/32', '2001:db8::a/128']);
    rib.refresh(4);
    rib.setDesired(prefix('10.0.0.2/32'), null);
    assert.deepEqual(receive(rib), ['-10.0.0.2/32', '+10.0.0.1/32 med 1']);
  });

  it('keeps the order of pending prefixes', () => {
    const rib = advertisedRib(['10.0.0.1/32', '10.0.0.2/32']);
    for (const text of ['10.0.0.2/32', '10.0.0.1/32']) rib.setDesired(prefix(text), pathVia(HOP4, 2));
    rib.refresh(4);
    assert.deepEqual(receive(rib), ['+10.0.0.2/32 10.0.0.1/32 med 2']);
  });

  const enhanced = { ...TERMS, enhancedRouteRefresh: true };

  it('is sent between BoRR and EoRR if negotiated', () => {
    const rib = advertisedRib(['10.0.0.1/32', '2001:db8::a/128'], enhanced);
    rib.refresh(6);
    assert.deepEqual(receive(rib), ['BoRR 2', '+2001:db8::a/128 med 1', 'EoRR 2']);
  });

  it('requested many times before the peer reads is sent once; one requested during a refresh follows it', () => {
    const rib = advertisedRib(['10.0.0.1/32'], enhanced);
    for (let times = 0; times < 5; times++) rib.refresh(4);
    assert.deepEqual(receive(rib, 1), ['BoRR 1']);
    rib.refresh(4);
    assert.deepEqual(receive(rib), [
      '+10.0.0.1/32 med 1',
      'EoRR 1',
      'BoRR 1',
      '+10.0.0.1/32 med 1',
      'EoRR 1',
    ]);
  });

  it('with BoRR waits for End-of-RIB', () => {
    const rib = new AdjRibOut(newRibTables());
    rib.setDesired(prefix('10.0.0.1/32'), pathVia(HOP4, 1));
    rib.sessionEstablished({ ...enhanced, families: [4] });
    rib.refresh(4);
    assert.deepEqual(receive(rib), ['+10.0.0.1/32 med 1']);
    rib.markComplete();
    assert.deepEqual(receive(rib), ['end 4', 'BoRR 1', '+10.0.0.1/32 med 1', 'EoRR 1']);
  });

  it('of a family that the session does not carry is ignored', () => {
    const rib = advertisedRib(['10.0.0.1/32'], { ...TERMS, families: [4] });
    rib.refresh(6);
    assert.deepEqual(receive(rib), []);
  });
});

describe('the pending routes', () => {
  const pendingLines = (rib: AdjRibOut): readonly string[] =>
    pendingRoutes(rib).map(
      ({ prefix: at, path }) => `${path === null ? '-' : '+'}${formatPrefix(at)} ${path?.attributes.med}`,
    );

  it('are sorted by prefix, withdrawals included', () => {
    const rib = advertisedRib(['10.0.0.1/32', '10.0.0.2/32', '10.0.0.3/32']);
    rib.setDesired(prefix('10.0.0.9/32'), pathVia(HOP4));
    rib.setDesired(prefix('10.0.0.2/32'), null);
    rib.setDesired(prefix('10.0.0.1/32'), pathVia(HOP4, 7));
    assert.deepEqual(pendingLines(rib), ['+10.0.0.1/32 7', '-10.0.0.2/32 undefined', '+10.0.0.9/32 null']);
    receive(rib);
    assert.deepEqual(pendingLines(rib), []);
  });

  it('are all advertised routes during a refresh', () => {
    const rib = advertisedRib(['10.0.0.1/32', '10.0.0.2/32']);
    rib.refresh(4);
    rib.takeMessages(1);
    assert.equal(pendingLines(rib).length, rib.counts(4).pending);
  });

  it('are empty without a session', () => {
    const rib = advertisedRib(['10.0.0.1/32']);
    rib.sessionClosed();
    assert.deepEqual(pendingLines(rib), []);
  });
});

describe('an unsendable route', () => {
  const crowded: BgpPath = {
    ...pathVia(HOP4),
    attributes: {
      ...DEFAULT_ATTRIBUTES,
      communities: Array.from({ length: TOO_MANY_COMMUNITIES }, (_, at) => at),
    },
  };

  it('is listed with its reason, and all others are advertised', () => {
    const rib = advertisedRib([]);
    rib.setDesired(prefix('10.0.0.2/32'), crowded);
    rib.setDesired(prefix('10.0.0.1/32'), pathVia(HOP6));
    rib.setDesired(prefix('10.0.0.3/32'), pathVia(HOP4));
    const refused = unsendableRoutes(rib).map((one) => [formatPrefix(one.prefix), one.failure.kind]);
    assert.deepEqual(refused, [
      ['10.0.0.1/32', 'next-hop-family'],
      ['10.0.0.2/32', 'too-large'],
    ]);
    assert.deepEqual(receive(rib), ['+10.0.0.3/32 med null']);
    assert.deepEqual(rib.counts(4), { desired: 3, advertised: 1, pending: 0, unsendable: 2, notCarried: 0 });
  });

  it('is withdrawn if an earlier one was advertised, and sent in a session that accepts it', () => {
    const rib = advertisedRib(['10.0.0.1/32']);
    rib.setDesired(prefix('10.0.0.1/32'), crowded);
    assert.deepEqual(receive(rib), ['-10.0.0.1/32']);
    const long = { ...TERMS, families: [4] as const, sendMax: 65_535 };
    rib.sessionEstablished(long);
    assert.deepEqual(receive(rib, 100_000, long), ['+10.0.0.1/32 med null', 'end 4']);
    assert.deepEqual(unsendableRoutes(rib), []);
  });

  it('is not counted as such if the session does not carry its family', () => {
    const rib = advertisedRib(['10.0.0.1/32', '2001:db8::a/128'], { ...TERMS, families: [4] });
    assert.deepEqual(rib.counts(6), { desired: 1, advertised: 0, pending: 0, unsendable: 0, notCarried: 1 });
    assert.deepEqual(rib.counts(4), { desired: 1, advertised: 1, pending: 0, unsendable: 0, notCarried: 0 });
  });
});

it('advertised routes are sorted by prefix', () => {
  const rib = advertisedRib(['2001:db8::/32', '10.0.0.9/32', '10.0.0.0/8', '10.0.0.0/24', '9.0.0.0/8']);
  const listed = advertisedRoutes(rib).map((one) => formatPrefix(one.prefix));
  assert.deepEqual(listed, ['9.0.0.0/8', '10.0.0.0/8', '10.0.0.0/24', '10.0.0.9/32', '2001:db8::/32']);
});
