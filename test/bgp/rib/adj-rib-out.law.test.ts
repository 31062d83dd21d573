/** Random histories of several peers with shared tables, checked by receivers that verify every message. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { BgpPath } from '../../../src/bgp/attributes/path.ts';
import { AdjRibOut } from '../../../src/bgp/rib/adj-rib-out.ts';
import type { SessionTerms } from '../../../src/bgp/rib/peer-terms.ts';
import { newRibTables, type RibTables } from '../../../src/bgp/rib/shared-tables.ts';
import type { Family } from '../../../src/net/address.ts';
import { comparePrefixes, formatPrefix, type Prefix } from '../../../src/net/prefix.ts';
import { type Random, underSeeds } from '../../support/random.ts';
import * as generate from '../wire/support/generate.ts';
import { type DesiredRoute, packFailureKind, Receiver, TOO_MANY_COMMUNITIES } from './support/receiver.ts';
import { advertisedRoutes, unsendableRoutes } from './support/rib-lists.ts';

const FAMILIES: readonly Family[] = [4, 6];

class Peer {
  readonly rib: AdjRibOut;
  readonly desired = new Map<string, DesiredRoute>();
  isComplete = false;
  terms: SessionTerms | null = null;
  receiver: Receiver | null = null;

  constructor(tables: RibTables) {
    this.rib = new AdjRibOut(tables);
  }

  setDesired(prefix: Prefix, path: BgpPath | null): void {
    if (path === null) this.desired.delete(formatPrefix(prefix));
    else this.desired.set(formatPrefix(prefix), { prefix, path });
    this.rib.setDesired(structuredClone(prefix), structuredClone(path)); // equal, but never the same object
  }

  open(terms: SessionTerms): void {
    this.terms = terms;
    this.receiver = new Receiver(terms, this.desired);
    this.rib.sessionEstablished(terms);
  }

  close(): void {
    this.terms = null;
    this.receiver = null;
    this.rib.sessionClosed();
  }

  refresh(family: Family): void {
    this.rib.refresh(family);
    if (this.terms?.enhancedRouteRefresh === false) this.receiver?.plainRefresh(family);
  }

  markComplete(): void {
    this.isComplete = true;
    this.rib.markComplete();
  }

  takeMessages(octetsMax: number): void {
    const messages = this.rib.takeMessages(octetsMax);
    const octets = messages.reduce((sum, { length }) => sum + length, 0);
    const last = messages.at(-1)?.length ?? 0;
    assert.ok(
      messages.length === 0 || octets - last < octetsMax,
      `${octets} octets where ${octetsMax} were requested`,
    );
    if (this.receiver === null) assert.deepEqual(messages, []);
    this.receiver?.receive(messages, this.isComplete);
    if (octets < octetsMax) this.#assertDrained();
  }

  /** Nothing is pending: the peer has every route that can be sent. */
  #assertDrained(): void {
    assert.deepEqual(this.rib.takeMessages(100_000), []);
    const { receiver, terms } = this;
    if (receiver === null || terms === null) return;
    for (const family of FAMILIES) {
      assert.deepEqual(receiver.advertised(family), receiver.expected(family));
      assert.equal(receiver.ended.has(family), this.isComplete && terms.families.includes(family));
      assert.equal(this.rib.counts(family).pending, 0);
    }
    const unsendable = [...this.desired.values()]
      .filter(
        (route) => terms.families.includes(route.prefix.family) && packFailureKind(route, terms) !== null,
      )
      .sort((a, b) => comparePrefixes(a.prefix, b.prefix));
    const listed = unsendableRoutes(this.rib);
    assert.deepEqual(
      listed.map(({ prefix, path }) => ({ prefix, path })),
      unsendable,
    );
    assert.deepEqual(
      listed.map(({ failure }) => failure.kind),
      unsendable.map((route) => packFailureKind(route, terms)),
    );
    assert.ok(!receiver.refreshing, 'a refresh that does not end');
  }

  /** The Adj-RIB-Out always lists exactly what the peer has received. */
  inspect(): void {
    const routes = [...(this.receiver?.routes.values() ?? [])];
    assert.deepEqual(
      advertisedRoutes(this.rib),
      routes.sort((a, b) => comparePrefixes(a.prefix, b.prefix)),
    );
    for (const family of FAMILIES) {
      const counts = this.rib.counts(family);
      const desiredCount = [...this.desired.values()].filter(({ prefix }) => prefix.family === family).length;
      assert.equal(counts.desired, desiredCount);
      assert.equal(counts.advertised, routes.filter(({ prefix }) => prefix.family === family).length);
      const carried = this.terms === null || this.terms.families.includes(family);
      assert.equal(counts.notCarried, carried ? 0 : desiredCount);
    }
  }
}

function distinct<T>(values: readonly T[]): readonly T[] {
  return values.filter((one, at) => values.findIndex((other) => isDeepStrictEqual(one, other)) === at);
}

const randomPath = (random: Random): BgpPath => {
  const attributes = generate.attributes(random);
  const communities = generate.times(TOO_MANY_COMMUNITIES, () => random.below(1000));
  return {
    nextHop: generate.nextHop(random, random.pick(FAMILIES)),
    attributes: random.chance(0.04) ? { ...attributes, communities } : attributes,
  };
};

const randomTerms = (random: Random): SessionTerms => ({
  ...generate.terms(random),
  families: random.pick([[4, 6], [4, 6], [4], [6]] as const),
  enhancedRouteRefresh: random.chance(0.5),
});

type HistoryAction = (peer: Peer, random: Random, context: HistoryContext) => void;

type HistoryContext = {
  readonly peers: readonly Peer[];
  readonly paths: readonly BgpPath[];
  readonly prefixes: readonly Prefix[];
};

const maybePath = (random: Random, { paths }: HistoryContext): BgpPath | null =>
  random.chance(0.65) ? random.pick(paths) : null;

const changeOne: HistoryAction = (peer, random, context) => {
  const prefix = random.pick(context.prefixes);
  const path = maybePath(random, context);
  for (const one of random.chance(0.5) ? context.peers : [peer]) one.setDesired(prefix, path);
};

const changeMany: HistoryAction = (peer, random, context) => {
  const path = maybePath(random, context);
  for (const prefix of context.prefixes) if (random.chance(0.5)) peer.setDesired(prefix, path);
};

const take: HistoryAction = (peer, random) =>
  peer.takeMessages(random.pick([0, 1, 100, 5000, 20_000, 1_000_000]));

/** Weighted by repetition. */
const ACTIONS: readonly HistoryAction[] = [
  ...Array.from({ length: 16 }, () => changeOne),
  ...Array.from({ length: 6 }, () => take),
  ...[changeMany, changeMany],
  ...[(peer: Peer, random: Random) => peer.open(randomTerms(random)), (peer: Peer) => peer.close()],
  ...Array.from({ length: 3 }, () => (peer: Peer, random: Random) => peer.refresh(random.pick(FAMILIES))),
  (peer) => peer.markComplete(),
];

function runHistory(random: Random, size: { readonly prefixes: number; readonly steps: number }): void {
  const tables = newRibTables();
  const peers = [new Peer(tables), new Peer(tables)];
  const paths = distinct(generate.times(5, () => randomPath(random)));
  const drawn = generate.times(size.prefixes, () => generate.prefix(random, random.pick(FAMILIES)));
  const prefixes = [...new Map(drawn.map((one) => [formatPrefix(one), one])).values()];
  for (let at = 0; at < size.steps; at++) {
    random.pick(ACTIONS)(random.pick(peers), random, { peers, paths, prefixes });
    if (random.chance(0.1)) for (const peer of peers) peer.inspect();
  }
  for (const peer of peers) {
    if (peer.terms === null) peer.open(randomTerms(random));
    peer.takeMessages(Number.POSITIVE_INFINITY);
    peer.inspect();
  }
  const held = peers.flatMap(({ rib, desired }) => [...desired.values(), ...advertisedRoutes(rib)]);
  assert.equal(tables.paths.size, distinct([...new Set(held.map(({ path }) => path))]).length);
  assert.equal(tables.prefixes.size, new Set(held.map(({ prefix }) => formatPrefix(prefix))).size);
  for (const { rib } of peers) rib.retire();
  assert.deepEqual([tables.paths.size, tables.prefixes.size], [0, 0]);
}

describe('the routes that a peer receives', () => {
  it('converge to the desired routes after any history: a few prefixes', () => {
    underSeeds(1000, 5000, (random) => runHistory(random, { prefixes: 8, steps: 50 }));
  });

  it('converge in full messages: many prefixes', () => {
    underSeeds(12, 400, (random) => runHistory(random, { prefixes: 2500, steps: 25 }));
  });
});
