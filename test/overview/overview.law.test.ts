/** The overview says what the controller writes, and follows changes one by one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ASSIGNED_CONDITION } from '../../src/allocation/condition-reasons.ts';
import type { ServiceOverview } from '../../src/overview/document.ts';
import { readKind } from '../../src/overview/knowledge.ts';
import { Overview } from '../../src/overview/overview.ts';
import { RandomHistory } from '../allocation/support/random-history.ts';
import { type TestCluster, WALL } from '../allocation/support/test-cluster.ts';
import { underSeeds } from '../support/random.ts';
import { toRaw } from './support/cluster-objects.ts';

const NAMESPACE = 'metallb-system';

const emptyOverview = ({ options }: TestCluster): Overview => {
  const overview = new Overview({
    ...options,
    source: 'a test',
    namespace: NAMESPACE,
    servicesFrom: 'status',
  });
  overview.setServicesReading(readKind('Service', []).reading);
  return overview;
};

const pools = (cluster: TestCluster) => readKind('IPAddressPool', cluster.pools.map(toRaw));
const namespaces = (cluster: TestCluster) =>
  readKind(
    'Namespace',
    [...cluster.namespaces].map(([name, labels]) => toRaw({ metadata: { name, labels } })),
  );

/** All objects at once. */
function fullOverview(cluster: TestCluster): Overview {
  const overview = emptyOverview(cluster);
  overview.setExternalClaims(cluster.externalClaims);
  overview.setKind('Namespace', namespaces(cluster));
  overview.setKind('IPAddressPool', pools(cluster));
  for (const service of cluster.simulator.services.values()) overview.putService(service);
  return overview;
}

test('the document has the addresses, reasons, sentences and counts that the controller writes', () => {
  underSeeds(30, 3000, (random) => {
    const history = new RandomHistory(random, { invalid: false, writers: false, calico: true });
    for (let step = 0; step < 20; step++) history.step();
    const { cluster } = history;
    const document = fullOverview(cluster).document(WALL);
    // A controller that starts now finds nothing to write: what the statuses say is what it would write.
    const controller = cluster.restart().simulator;
    const managed = [...controller.services.values()].filter(
      ({ type, loadBalancerClass }) => type === 'LoadBalancer' && loadBalancerClass === null,
    );
    assert.equal(document.services?.total, managed.length);
    for (const service of managed) {
      const said: ServiceOverview | undefined = document.services?.items.find(
        (one) => one.service === service.key,
      );
      const condition = service.conditions.find(({ type }) => type === ASSIGNED_CONDITION);
      assert.deepEqual(
        said?.addresses,
        service.ingress.map(({ ip }) => ip),
        service.key,
      );
      // What is being deleted is left as it is.
      if (!service.deleting) assert.equal(said?.says, condition?.message ?? null, service.key);
    }
    for (const pool of document.pools ?? []) {
      const counts = controller.allocator.ledger.counts(pool.name);
      assert.deepEqual(
        [pool.ipv4, pool.ipv6],
        [
          { used: counts.assigned4, free: counts.available4 },
          { used: counts.assigned6, free: counts.available6 },
        ],
        pool.name,
      );
    }
    const withoutAddress = managed.filter(({ ingress }) => ingress.length === 0).length;
    assert.equal(document.services?.withoutAddress, withoutAddress);
    assert.equal(
      document.services?.reasons.reduce((sum, { count }) => sum + count, 0),
      withoutAddress,
    );
    const named = document.problems.filter(({ code }) => code === 'NoAddress' || code === 'NotReconciled');
    assert.equal(
      named.reduce((sum, { count }) => sum + count, 0),
      withoutAddress,
      'no Service without an address is left out of the problems',
    );
  });
});

test('after any changes the document is that of all objects at once, and only changed Services were judged', () => {
  underSeeds(30, 3000, (random) => {
    const history = new RandomHistory(random, { invalid: true, writers: true, calico: true });
    const { cluster } = history;
    const overview = emptyOverview(cluster);
    const seen = new Map<string, unknown>();
    for (let step = 0; step < 25; step++) {
      history.step();
      overview.setExternalClaims(cluster.externalClaims);
      if (random.chance(0.5)) overview.setKind('IPAddressPool', pools(cluster));
      overview.setKind('Namespace', namespaces(cluster));
      const before = overview.servicesJudged;
      let changed = 0;
      for (const [key, service] of cluster.simulator.services) {
        if (seen.get(key) === service) continue;
        seen.set(key, service);
        overview.putService(service);
        if (service.type === 'LoadBalancer') changed++;
      }
      for (const key of seen.keys()) {
        if (cluster.simulator.services.has(key)) continue;
        seen.delete(key);
        overview.removeService(key);
      }
      assert.equal(overview.servicesJudged - before, changed);
    }
    // A pool that is invalid keeps its last good version, which only the one that saw it has.
    overview.setKind('IPAddressPool', readKind('IPAddressPool', []));
    overview.setKind('IPAddressPool', pools(cluster));
    assert.deepEqual(overview.document(WALL), fullOverview(cluster).document(WALL));
  });
});
