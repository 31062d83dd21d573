/** Random histories of several peers on one pair of tables, against receivers that notice everything. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { AdjRibOut } from '../../../src/bgp/rib/adjribout.ts';
import type { SessionTerms } from '../../../src/bgp/rib/listener.ts';
import { newTables, type RibTables } from '../../../src/bgp/rib/tables.ts';
import type { Family } from '../../../src/net/address.ts';
import { comparePrefixes, formatPrefix, type Prefix } from '../../../src/net/prefix.ts';
import type { Path } from '../../../src/routes/path.ts';
import { type Random, underSeeds } from '../../support/random.ts';
import * as generate from '../wire/generate.ts';
import { obstacle, Receiver, TOO_MANY_COMMUNITIES, type Wish } from './receiver.ts';

const FAMILIES: readonly Family[] = [4, 6];

class Peer {
  readonly rib: AdjRibOut;
  readonly wishes = new Map<string, Wish>();
  complete = false;
  terms: SessionTerms | null = null;
  receiver: Receiver | null = null;

  constructor(tables: RibTables) {
    this.rib = new AdjRibOut(tables);
  }

  want(prefix: Prefix, path: Path | null): void {
    if (path === null) this.wishes.delete(formatPrefix(prefix));
    else this.wishes.set(formatPrefix(prefix), { prefix, path });
    this.rib.want(structuredClone(prefix), structuredClone(path)); // equal, but never the same object
  }

  open(terms: SessionTerms): void {
    this.terms = terms;
    this.receiver = new Receiver(terms, this.wishes);
    this.rib.opened(terms);
  }

  close(): void {
    this.terms = null;
    this.receiver = null;
    this.rib.closed();
  }

  refresh(family: Family): void {
    this.rib.refresh(family);
    if (this.terms?.enhancedRouteRefresh === false) this.receiver?.plainRefresh(family);
  }

  completePicture(): void {
    this.complete = true;
    this.rib.pictureComplete();
  }

  take(octetsMax: number): void {
    const messages = this.rib.take(octetsMax);
    const octets = messages.reduce((sum, { length }) => sum + length, 0);
    const last = messages.at(-1)?.length ?? 0;
    assert.ok(
      messages.length === 0 || octets - last < octetsMax,
      `${octets} octets where ${octetsMax} were wished`,
    );
    if (this.receiver === null) assert.deepEqual(messages, []);
    this.receiver?.hear(messages, this.complete);
    if (octets < octetsMax) this.#drained();
  }

  /** Nothing waits: the peer has everything it can have, and no more is said. */
  #drained(): void {
    assert.deepEqual(this.rib.take(100_000), []);
    const { receiver, terms } = this;
    if (receiver === null || terms === null) return;
    for (const family of FAMILIES) {
      assert.deepEqual(receiver.told(family), receiver.due(family));
      assert.equal(receiver.ended.has(family), this.complete && terms.families.includes(family));
      assert.equal(this.rib.counts(family).pending, 0);
    }
    const refused = [...this.wishes.values()]
      .filter((wish) => terms.families.includes(wish.prefix.family) && obstacle(wish, terms) !== null)
      .sort((a, b) => comparePrefixes(a.prefix, b.prefix));
    const listed = this.rib.refused();
    assert.deepEqual(
      listed.map(({ prefix, path }) => ({ prefix, path })),
      refused,
    );
    assert.deepEqual(
      listed.map(({ why }) => why.kind),
      refused.map((wish) => obstacle(wish, terms)),
    );
    assert.ok(!receiver.refreshing, 'a refresh that never ends');
  }

  /** At any time the books say what the peer has. */
  inspect(): void {
    const routes = [...(this.receiver?.routes.values() ?? [])];
    assert.deepEqual(
      this.rib.told(),
      routes.sort((a, b) => comparePrefixes(a.prefix, b.prefix)),
    );
    for (const family of FAMILIES) {
      const counts = this.rib.counts(family);
      const wanted = [...this.wishes.values()].filter(({ prefix }) => prefix.family === family).length;
      assert.equal(counts.wanted, wanted);
      assert.equal(counts.told, routes.filter(({ prefix }) => prefix.family === family).length);
      const carried = this.terms === null || this.terms.families.includes(family);
      assert.equal(counts.notCarried, carried ? 0 : wanted);
    }
  }
}

function different<T>(values: readonly T[]): readonly T[] {
  return values.filter((one, at) => values.findIndex((other) => isDeepStrictEqual(one, other)) === at);
}

const randomPath = (random: Random): Path => {
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

type Step = (peer: Peer, random: Random, world: World) => void;

type World = {
  readonly peers: readonly Peer[];
  readonly paths: readonly Path[];
  readonly prefixes: readonly Prefix[];
};

const maybePath = (random: Random, { paths }: World): Path | null =>
  random.chance(0.65) ? random.pick(paths) : null;

const wantOne: Step = (peer, random, world) => {
  const prefix = random.pick(world.prefixes);
  const path = maybePath(random, world);
  for (const one of random.chance(0.5) ? world.peers : [peer]) one.want(prefix, path);
};

const wantMany: Step = (peer, random, world) => {
  const path = maybePath(random, world);
  for (const prefix of world.prefixes) if (random.chance(0.5)) peer.want(prefix, path);
};

const take: Step = (peer, random) => peer.take(random.pick([0, 1, 100, 5000, 20_000, 1_000_000]));

/** As often as they stand here. */
const STEPS: readonly Step[] = [
  ...Array.from({ length: 16 }, () => wantOne),
  ...Array.from({ length: 6 }, () => take),
  ...[wantMany, wantMany],
  ...[(peer: Peer, random: Random) => peer.open(randomTerms(random)), (peer: Peer) => peer.close()],
  ...Array.from({ length: 3 }, () => (peer: Peer, random: Random) => peer.refresh(random.pick(FAMILIES))),
  (peer) => peer.completePicture(),
];

function history(random: Random, size: { readonly prefixes: number; readonly steps: number }): void {
  const tables = newTables();
  const peers = [new Peer(tables), new Peer(tables)];
  const paths = different(generate.times(5, () => randomPath(random)));
  const drawn = generate.times(size.prefixes, () => generate.prefix(random, random.pick(FAMILIES)));
  const prefixes = [...new Map(drawn.map((one) => [formatPrefix(one), one])).values()];
  for (let at = 0; at < size.steps; at++) {
    random.pick(STEPS)(random.pick(peers), random, { peers, paths, prefixes });
    if (random.chance(0.1)) for (const peer of peers) peer.inspect();
  }
  for (const peer of peers) {
    if (peer.terms === null) peer.open(randomTerms(random));
    peer.take(Number.POSITIVE_INFINITY);
    peer.inspect();
  }
  const held = peers.flatMap(({ rib, wishes }) => [...wishes.values(), ...rib.told()]);
  assert.equal(tables.paths.size, different([...new Set(held.map(({ path }) => path))]).length);
  assert.equal(tables.prefixes.size, new Set(held.map(({ prefix }) => formatPrefix(prefix))).size);
  for (const { rib } of peers) rib.retire();
  assert.deepEqual([tables.paths.size, tables.prefixes.size], [0, 0]);
}

describe('what a peer hears', () => {
  it('leads to what is wanted, whatever happens in between: a few prefixes', () => {
    underSeeds(1000, 5000, (random) => history(random, { prefixes: 8, steps: 50 }));
  });

  it('leads there in messages that are full: many prefixes', () => {
    underSeeds(12, 400, (random) => history(random, { prefixes: 2500, steps: 25 }));
  });
});
