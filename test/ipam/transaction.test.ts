import assert from 'node:assert/strict';
import { test } from 'node:test';
import { address, claim, grant, ledgerOf, pool, resultText } from './support/ledger-builders.ts';

test('a rollback restores the ledger; nested and ended transactions throw', () => {
  const ledger = ledgerOf(pool('p', ['10.0.0.1-10.0.0.3']));
  grant(ledger, claim('ns/a', 'k', 80), 'p');
  const tx = ledger.begin();
  assert.throws(() => ledger.begin(), /another one is open/);
  assert.throws(() => ledger.setPools([]), /within a transaction/);
  assert.throws(() => ledger.clone(), /within a transaction/);
  tx.updateClaim('ns/a', { key: '', backend: '' }, []);
  tx.release('ns/a');
  assert.equal(resultText(tx.allocate(claim('ns/b'), 'p', 4)), '10.0.0.1');
  tx.rollback();
  assert.deepEqual(ledger.claimsOn(address('10.0.0.1')), [claim('ns/a', 'k', 80)]);
  assert.throws(() => tx.commit(), /ended twice/);
  assert.throws(() => tx.release('ns/a'), /after its end/);
  ledger.audit();
});

test('an address that is allocated and released within a transaction is not freed', () => {
  const ledger = ledgerOf(pool('p', ['10.0.0.1-10.0.0.3']));
  const tx = ledger.begin();
  tx.allocate(claim('ns/a', 'k'), 'p', 4);
  tx.release('ns/a');
  assert.deepEqual(tx.commit(), { addresses: [], sharingKeys: [] });
  grant(ledger, claim('ns/a', 'k'), 'p');
  const again = ledger.begin();
  again.release('ns/a');
  again.adopt(claim('ns/a', 'k'), address('10.0.0.1'), 'p', { force: false });
  assert.deepEqual(again.commit(), { addresses: [], sharingKeys: [] });
});
