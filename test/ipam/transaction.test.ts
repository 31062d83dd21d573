import assert from 'node:assert/strict';
import { test } from 'node:test';
import { err } from '../../src/base/result.ts';
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

test('an attempt that fails is reversed alone, and one that succeeds is kept', () => {
  const ledger = ledgerOf(pool('p', ['10.0.0.1-10.0.0.3']));
  const tx = ledger.begin();
  tx.allocate(claim('ns/a'), 'p', 4);
  const failed = tx.attempt(() => {
    tx.release('ns/a');
    tx.allocate(claim('ns/b'), 'p', 4);
    return err('no');
  });
  assert.deepEqual(failed, err('no'));
  const done = tx.attempt(() => tx.allocate(claim('ns/c'), 'p', 4));
  assert.equal(resultText(done), '10.0.0.2');
  tx.commit();
  assert.deepEqual(ledger.claimsOn(address('10.0.0.1')), [claim('ns/a')]);
  assert.deepEqual(ledger.assignedTo('ns/b'), []);
  ledger.audit();
});
