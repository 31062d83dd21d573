/** A picture that follows changes one by one says what is said of the cluster as it stands. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerFor, type NodeAnswer } from '../../src/announce/answer.ts';
import type { Complaint } from '../../src/announce/complaint.ts';
import type { Peer } from '../../src/announce/peers.ts';
import { type Changes, NodePicture } from '../../src/announce/picture.ts';
import { ObjectStore } from '../../src/announce/store.ts';
import type { Route } from '../../src/announce/table.ts';
import type { Told } from '../../src/announce/told.ts';
import { formatPrefix } from '../../src/net/prefix.ts';
import { underSeeds } from '../support/random.ts';
import { PLAIN } from './cluster.ts';
import { follow, NOTHING } from './follow.ts';
import { beginning, happen } from './histories.ts';

/** What somebody knows who was told of every change. */
class Listener {
  readonly routes = new Map<string, Map<string, Route>>();
  readonly peers = new Map<string, Peer>();
  readonly services = new Map<string, Told>();
  complaints: readonly Complaint[] = [];
  warnings: readonly Complaint[] = [];

  hear({ routes, services, peers, complaints, warnings }: Changes): void {
    for (const name of peers.went) {
      assert.ok(this.peers.delete(name));
      this.routes.delete(name);
    }
    for (const one of peers.came) {
      assert.ok(!this.peers.has(one.name));
      this.peers.set(one.name, one);
      this.routes.set(one.name, new Map());
    }
    for (const one of peers.changed) {
      assert.notDeepEqual(one, this.peers.get(one.name));
      this.peers.set(one.name, one);
    }
    for (const { peer, prefix, route } of routes) {
      const table = this.routes.get(peer);
      assert.ok(table !== undefined);
      assert.notDeepEqual(table.get(prefix) ?? null, route, 'told is what is new');
      if (route === null) table.delete(prefix);
      else table.set(prefix, route);
    }
    for (const { key, told } of services) {
      if (told === null) assert.ok(this.services.delete(key));
      else {
        assert.notDeepEqual(inShort(told), inShort(this.services.get(key)), 'told is what is new');
        this.services.set(key, told);
      }
    }
    this.complaints = complaints ?? this.complaints;
    this.warnings = warnings ?? this.warnings;
  }
}

const inShort = (told: Told | undefined): unknown => {
  if (told?.verdict.kind !== 'announced') return told;
  const { standing, poolGone, offers } = told.verdict;
  return {
    ...told,
    verdict: {
      ...{ poolGone, addresses: standing.addresses, pool: standing.pool.name },
      offers: offers.map(({ prefix, advertisement }) => `${formatPrefix(prefix)} ${advertisement.name}`),
    },
  };
};

const toldBy = ({ verdicts, meant, assigned }: NodeAnswer): ReadonlyMap<string, Told> =>
  new Map(
    [...verdicts].map(([key, verdict]) => [
      key,
      { verdict, meant: meant.get(key) ?? [], assigned: assigned.includes(key) },
    ]),
  );

const inSession = (one: Peer): unknown => ({ ...one, nodeSelectors: [], passwordSecret: null });

const sorted = <T>(map: ReadonlyMap<string, T>): ReadonlyMap<string, T> =>
  new Map([...map].sort(([a], [b]) => (a < b ? -1 : 1)));

test('after every step of a history', () => {
  underSeeds(500, 20_000, (random) => {
    const store = new ObjectStore(PLAIN.namespace);
    for (const raw of beginning(random)) store.create(raw);
    const picture = new NodePicture(PLAIN);
    const listener = new Listener();
    let before = NOTHING;
    let answer: NodeAnswer | null = null;
    for (let step = 0; step < 8; step++) {
      const now = store.objects();
      follow(picture, before, now);
      listener.hear(picture.settle());
      answer = answerFor(PLAIN, now, answer);
      const told = toldBy(answer);
      assert.deepEqual(
        listener.routes,
        new Map(answer.sessions.map(({ peer: { name }, routes }) => [name, routes])),
      );
      assert.deepEqual(
        picture.sessions.map(({ peer: { name }, routes }) => [name, sorted(routes)]),
        answer.sessions.map(({ peer: { name }, routes }) => [name, sorted(routes)]),
      );
      assert.deepEqual(
        [...sorted(listener.peers).values()].map(inSession),
        answer.sessions.map(({ peer: one }) => inSession(one)),
      );
      for (const key of told.keys()) assert.deepEqual(picture.told(key), told.get(key));
      assert.deepEqual(
        [...listener.services].map(([key, one]) => [key, inShort(one)]).sort(),
        [...told].map(([key, one]) => [key, inShort(one)]).sort(),
      );
      assert.deepEqual(listener.complaints, answer.settings.complaints);
      assert.deepEqual(listener.warnings, answer.settings.warnings);
      assert.deepEqual(picture.settle(), QUIET);
      before = now;
      for (let count = random.below(4); count >= 0; count--) happen(random, store);
    }
  });
});

const QUIET: Changes = {
  ...{ routes: [], services: [], complaints: null, warnings: null },
  peers: { came: [], changed: [], went: [] },
};
