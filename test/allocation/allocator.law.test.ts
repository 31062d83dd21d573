/** What holds of every cluster, whatever befell it. */
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
    says: patch?.conditions.map(({ reason, message }) => `${reason} ${message}`),
  }));

law('a second look never changes anything, so nobody sleeps who could be served', ALL, ({ cluster }) => {
  const before = RandomHistory.ledgerOf(cluster);
  assert.deepEqual(brief(withPatches(cluster.reconcileAll())), []);
  assert.equal(RandomHistory.ledgerOf(cluster), before);
});

law('the books agree, and who shows an address of ours holds it', ALL, ({ cluster }) => {
  cluster.allocator.ledger.audit();
  for (const service of cluster.simulator.services.values()) {
    const verdict = service.conditions[0];
    if (service.type !== 'LoadBalancer' || service.deleting || verdict?.status !== 'True') continue;
    const held = cluster.allocator.ledger.assignedTo(service.key);
    const { addresses } = readIngressStatus(service);
    assert.deepEqual(
      [...addresses].sort(compareAddresses),
      held.map(({ address }) => address),
      service.key,
    );
  }
});

law('a restart writes nothing, and the new process has the same on its books', ALL, ({ cluster }) => {
  // What is reserved for one that somebody keeps overwriting is known to one process only: neither the condition nor
  // the annotation names the address, and the status shows another one. The next process lets it go, and whoever
  // waits for it gets it; the contested Service is given an address like any other once its contest is over.
  if (
    [...cluster.simulator.services.values()].some(({ conditions }) => conditions.some(isContestedCondition))
  )
    return;
  const fresh = cluster.restart();
  assert.deepEqual(brief(withPatches(fresh.initialResults)), []);
  assert.equal(RandomHistory.ledgerOf(fresh), RandomHistory.ledgerOf(cluster));
});
