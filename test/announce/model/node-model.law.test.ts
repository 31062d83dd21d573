/** The incremental model has the results of the stateless model, after every step of random histories. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ObjectIssue } from '../../../src/announce/config/object-issue.ts';
import type { Peer } from '../../../src/announce/config/peers.ts';
import { computeSpeakerState, type SpeakerModelState } from '../../../src/announce/model/full-model.ts';
import { NodeModel, type NodeModelChanges } from '../../../src/announce/model/node-model.ts';
import type { ServiceStatus } from '../../../src/announce/model/service-status.ts';
import type { DesiredRoute } from '../../../src/announce/routes/routes.ts';
import { SimulatedObjectStore } from '../../../src/announce/simulator/object-store.ts';
import { formatPrefix } from '../../../src/net/prefix.ts';
import { underSeeds } from '../../support/random.ts';
import { applyDifference, EMPTY_CLUSTER } from '../support/apply-difference.ts';
import { DEFAULT_SPEAKER } from '../support/cluster.ts';
import { applyRandomChange, randomCluster } from '../support/histories.ts';

/** The state of a consumer that applies every reported change. */
class ChangeReplica {
  readonly routes = new Map<string, Map<string, DesiredRoute>>();
  readonly peers = new Map<string, Peer>();
  readonly services = new Map<string, ServiceStatus>();
  errors: readonly ObjectIssue[] = [];
  warnings: readonly ObjectIssue[] = [];

  apply({ routes, services, peers, errors, warnings }: NodeModelChanges): void {
    for (const name of peers.removed) {
      assert.ok(this.peers.delete(name));
      this.routes.delete(name);
    }
    for (const one of peers.added) {
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
      assert.notDeepEqual(table.get(prefix) ?? null, route, 'statuses is what is new');
      if (route === null) table.delete(prefix);
      else table.set(prefix, route);
    }
    for (const { key, status } of services) {
      if (status === null) assert.ok(this.services.delete(key));
      else {
        assert.notDeepEqual(summarize(status), summarize(this.services.get(key)), 'statuses is what is new');
        this.services.set(key, status);
      }
    }
    this.errors = errors ?? this.errors;
    this.warnings = warnings ?? this.warnings;
  }
}

const summarize = (status: ServiceStatus | undefined): unknown => {
  if (status?.decision.kind !== 'announced') return status;
  const { record, isPoolRemoved, contributions } = status.decision;
  return {
    ...status,
    decision: {
      ...{ poolGone: isPoolRemoved, addresses: record.addresses, pool: record.pool.name },
      contributions: contributions.map(
        ({ prefix, advertisement }) => `${formatPrefix(prefix)} ${advertisement.name}`,
      ),
    },
  };
};

const statusesOf = ({ decisions, targetPeers }: SpeakerModelState): ReadonlyMap<string, ServiceStatus> =>
  new Map(
    [...decisions].map(([key, decision]) => [key, { decision, targetPeers: targetPeers.get(key) ?? [] }]),
  );

const withSessionFields = (one: Peer): unknown => ({ ...one, nodeSelectors: [], passwordSecret: null });

const sorted = <T>(map: ReadonlyMap<string, T>): ReadonlyMap<string, T> =>
  new Map([...map].sort(([a], [b]) => (a < b ? -1 : 1)));

test('after every step of a history', () => {
  underSeeds(500, 20_000, (random) => {
    const store = new SimulatedObjectStore(DEFAULT_SPEAKER.namespace);
    for (const raw of randomCluster(random)) store.create(raw);
    const model = new NodeModel(DEFAULT_SPEAKER);
    const replica = new ChangeReplica();
    let before = EMPTY_CLUSTER;
    let state: SpeakerModelState | null = null;
    for (let step = 0; step < 8; step++) {
      const now = store.objects();
      applyDifference(model, before, now);
      replica.apply(model.recompute());
      state = computeSpeakerState(DEFAULT_SPEAKER, now, state);
      const statuses = statusesOf(state);
      assert.deepEqual(
        replica.routes,
        new Map(state.sessions.map(({ peer: { name }, routes }) => [name, routes])),
      );
      assert.deepEqual(
        model.sessions.map(({ peer: { name }, routes }) => [name, sorted(routes)]),
        state.sessions.map(({ peer: { name }, routes }) => [name, sorted(routes)]),
      );
      for (const { peer, routes } of model.sessions)
        for (const family of [4, 6] as const)
          assert.equal(
            model.countRoutes(peer.name, family),
            [...routes.values()].filter(({ prefix }) => prefix.family === family).length,
          );
      assert.deepEqual(
        [...sorted(replica.peers).values()].map(withSessionFields),
        state.sessions.map(({ peer: one }) => withSessionFields(one)),
      );
      for (const key of statuses.keys()) assert.deepEqual(model.statusOf(key), statuses.get(key));
      assert.deepEqual(
        [...replica.services].map(([key, one]) => [key, summarize(one)]).sort(),
        [...statuses].map(([key, one]) => [key, summarize(one)]).sort(),
      );
      assert.deepEqual(replica.errors, state.nodeConfig.errors);
      assert.deepEqual(replica.warnings, state.nodeConfig.warnings);
      assert.deepEqual(model.recompute(), NO_CHANGES);
      before = now;
      for (let count = random.below(4); count >= 0; count--) applyRandomChange(random, store);
    }
  });
});

const NO_CHANGES: NodeModelChanges = {
  ...{ routes: [], services: [], errors: null, warnings: null },
  peers: { added: [], changed: [], removed: [] },
};
