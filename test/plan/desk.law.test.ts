/** What holds of every cluster, whatever befell it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareAddresses } from '../../src/net/address.ts';
import { saysContested } from '../../src/plan/reasons.ts';
import { readShown } from '../../src/plan/shown.ts';
import { underSeeds } from '../support/random.ts';
import { History, type Kinds } from './history.ts';
import { writes } from './support.ts';

const STEPS = 40; // of one history

const ALL: Kinds = { invalid: true, writers: true };

function law(says: string, kinds: Kinds, check: (history: History) => void): void {
  test(says, () => {
    underSeeds(20, 3000, (random) => {
      const history = new History(random, kinds);
      for (let step = 0; step < STEPS; step++) {
        history.step();
        try {
          check(history);
        } catch (cause) {
          throw new Error(`${String(cause)}\nafter\n${history.told.join('\n')}`, { cause });
        }
      }
    });
  });
}

const brief = (looks: ReturnType<typeof writes>): unknown =>
  looks.map(({ key, patch }) => ({
    key,
    ingress: patch?.ingress?.map(({ bits }) => bits.toString(16)),
    pool: patch?.pool,
    says: patch?.conditions.map(({ reason, message }) => `${reason} ${message}`),
  }));

law('a second look never changes anything, so nobody sleeps who could be served', ALL, ({ world }) => {
  const before = History.ledgerOf(world);
  assert.deepEqual(brief(writes(world.lookAgain())), []);
  assert.equal(History.ledgerOf(world), before);
});

law('the books agree, and who shows an address of ours holds it', ALL, ({ world }) => {
  world.desk.ledger.audit();
  for (const service of world.stage.services.values()) {
    const verdict = service.conditions[0];
    if (service.type !== 'LoadBalancer' || service.deleting || verdict?.status !== 'True') continue;
    const held = world.desk.ledger.holdings(service.key);
    const { addresses } = readShown(service);
    assert.deepEqual(
      [...addresses].sort(compareAddresses),
      held.map(({ address }) => address),
      service.key,
    );
  }
});

law('a restart writes nothing, and the new process has the same on its books', ALL, ({ world }) => {
  // What is reserved for one that somebody keeps overwriting is known to one process only: neither the condition nor
  // the annotation names the address, and the status shows another one. The next process lets it go, and whoever
  // waits for it gets it; the contested Service is given an address like any other once its contest is over.
  if ([...world.stage.services.values()].some(({ conditions }) => conditions.some(saysContested))) return;
  const fresh = world.restart();
  assert.deepEqual(brief(writes(fresh.first)), []);
  assert.equal(History.ledgerOf(fresh), History.ledgerOf(world));
});
