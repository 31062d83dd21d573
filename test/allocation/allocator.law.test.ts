/** Invariants of the allocator over random histories of a cluster. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isContestedCondition } from '../../src/allocation/condition-reasons.ts';
import { readIngressStatus } from '../../src/allocation/ingress-status.ts';
import { compareAddresses } from '../../src/net/address.ts';
import { underSeeds } from '../support/random.ts';
import { type HistoryOptions, RandomHistory } from './support/random-history.ts';
import { withPatches } from './support/test-cluster.ts';

const STEPS = 40; // of one history

const ALL: HistoryOptions = { invalid: true, writers: true, calico: true };

function law(title: string, options: HistoryOptions, check: (history: RandomHistory) => void): void {
  test(title, () => {
    underSeeds(20, 3000, (random) => {
      const history = new RandomHistory(random, options);
      for (let step = 0; step < STEPS; step++) {
        history.step();
        try {
          check(history);
        } catch (cause) {
          throw new Error(`${String(cause)}\nafter\n${history.journal.join('\n')}`, { cause });
        }
      }
    });
  });
}

const brief = (results: ReturnType<typeof withPatches>): unknown =>
  results.map(({ key, patch }) => ({
    key,
    ingress: patch?.ingress?.map(({ bits }) => bits.toString(16)),
    pool: patch?.pool,
    conditions: patch?.conditions.map(({ reason, message }) => `${reason} ${message}`),
  }));

law(
  'a second reconcile of all Services changes nothing, so no waiter could be served',
  ALL,
  ({ cluster }) => {
    const before = RandomHistory.ledgerOf(cluster);
    assert.deepEqual(brief(withPatches(cluster.reconcileAll())), []);
    assert.equal(RandomHistory.ledgerOf(cluster), before);
  },
);

law(
  'the ledger is consistent, and a Service with the condition True holds what it shows',
  ALL,
  ({ cluster }) => {
    cluster.allocator.ledger.audit();
    for (const service of cluster.simulator.services.values()) {
      const condition = service.conditions[0];
      if (service.type !== 'LoadBalancer' || service.deleting || condition?.status !== 'True') continue;
      const held = cluster.allocator.ledger.assignedTo(service.key);
      const { addresses } = readIngressStatus(service);
      assert.deepEqual(
        [...addresses].sort(compareAddresses),
        held.map(({ address }) => address),
        service.key,
      );
    }
  },
);

law('a restart writes nothing, and its ledger is the same', ALL, ({ cluster }) => {
  // The address of a contested Service is known to one process only: neither condition nor annotation name it, and the
  // status shows another one. The next process releases it, and assigns another one when the conflict is over.
  if (
    [...cluster.simulator.services.values()].some(({ conditions }) => conditions.some(isContestedCondition))
  )
    return;
  const restarted = cluster.restart();
  assert.deepEqual(brief(withPatches(restarted.initialResults)), []);
  assert.equal(RandomHistory.ledgerOf(restarted), RandomHistory.ledgerOf(cluster));
});
