/** No other Service may have an address that a Service has lost and still shows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  completeRelease,
  holdUntilUnpublished,
  publishedAddresses,
  releaseHolderOf,
  releaseUnpublished,
} from '../../src/allocation/pending-release.ts';
import { toLedgerPools } from '../../src/allocation/pool-diff.ts';
import { Ledger } from '../../src/ipam/ledger.ts';
import type { Address } from '../../src/net/address.ts';
import { pool, poolSetOf, service } from './support/test-cluster.ts';

const A: Address = { family: 4, bits: 0x0a000000n };
const B: Address = { family: 4, bits: 0x0a000001n };
const IT = service('it', { ingressEntries: ['10.0.0.0', '10.0.0.1'] });
const claim = (holder: string, key = '', port = 80) => ({
  holder,
  sharing: { key, backend: '' },
  ports: [{ protocol: 'TCP', port }],
});

/** The Service holds both of its addresses. */
function ledgerWithBoth(key = ''): Ledger {
  const ledger = Ledger.empty();
  ledger.setPools(toLedgerPools(poolSetOf([pool('p', ['10.0.0.0/31'])])));
  const tx = ledger.begin();
  for (const address of [A, B]) assert.ok(tx.adopt(claim(IT.key, key), address, 'p', { force: false }).ok);
  tx.commit();
  return ledger;
}

/** The Service loses its addresses except `kept`. */
function releaseAllBut(ledger: Ledger, kept: readonly Address[]): void {
  const published = publishedAddresses(ledger, IT, []);
  const tx = ledger.begin();
  for (const address of [A, B]) if (!kept.includes(address)) tx.release(IT.key, address);
  holdUntilUnpublished(tx, published, kept);
  tx.commit();
}

const holdersOf = (ledger: Ledger, address: Address): readonly string[] =>
  ledger.claimsOn(address).map(({ holder }) => holder);

test('published are the addresses that it both holds and shows', () => {
  const addresses = (ingressEntries: readonly string[]) =>
    publishedAddresses(ledgerWithBoth(), service('it', { ingressEntries }), []).map(({ address, pool }) => [
      address,
      pool,
    ]);
  assert.deepEqual(addresses(['10.0.0.1']), [[B, 'p']]);
  assert.deepEqual(addresses([]), []);
  assert.deepEqual(addresses(['192.0.2.1']), []);
});

test('a lost address is pending release, a retained one is not', () => {
  const ledger = ledgerWithBoth();
  releaseAllBut(ledger, [A]);
  assert.deepEqual(holdersOf(ledger, A), [IT.key]);
  assert.deepEqual(holdersOf(ledger, B), [releaseHolderOf(IT.key)]);
  const tx = ledger.begin();
  assert.ok(!tx.reserve(claim('default/other'), B, 'p').ok, 'no other Service may have it');
  tx.rollback();
});

test('an address that another Service holds by now is not held for release', () => {
  const ledger = ledgerWithBoth();
  const published = publishedAddresses(ledger, IT, []);
  const tx = ledger.begin();
  tx.release(IT.key);
  assert.ok(tx.reserve(claim('default/other'), B, 'p').ok);
  holdUntilUnpublished(tx, published, []);
  tx.commit();
  assert.deepEqual(holdersOf(ledger, B), ['default/other']);
  assert.deepEqual(holdersOf(ledger, A), [releaseHolderOf(IT.key)]);
});

test('a pending release keeps the claim: Services that could share the address still can', () => {
  const ledger = ledgerWithBoth('k');
  releaseAllBut(ledger, []);
  const tx = ledger.begin();
  assert.ok(tx.reserve(claim('default/sharer', 'k', 443), A, 'p').ok);
  assert.ok(!tx.reserve(claim('default/clash', 'k', 80), B, 'p').ok);
  tx.rollback();
});

test('the confirmed write frees all pending addresses', () => {
  const ledger = ledgerWithBoth();
  releaseAllBut(ledger, [A]);
  const freed = completeRelease(ledger.begin(), IT.key);
  assert.deepEqual(
    freed.addresses.map(({ address, isVacant }) => [address, isVacant]),
    [[B, true]],
  );
  assert.deepEqual(holdersOf(ledger, A), [IT.key]);
});

test('an address that the status no longer shows is free, whoever removed it', () => {
  const ledger = ledgerWithBoth();
  releaseAllBut(ledger, []);
  const tx = ledger.begin();
  releaseUnpublished(ledger, tx, service('it', { ingressEntries: ['10.0.0.1'] }));
  tx.commit();
  assert.deepEqual([holdersOf(ledger, A), holdersOf(ledger, B)], [[], [releaseHolderOf(IT.key)]]);
});

test('an address that a write without an answer may come to show is pending release, too', () => {
  const ledger = ledgerWithBoth();
  const bare = service('it');
  const published = publishedAddresses(ledger, bare, [B]);
  const tx = ledger.begin();
  tx.release(IT.key);
  releaseUnpublished(ledger, tx, bare);
  holdUntilUnpublished(tx, published, []);
  tx.commit();
  assert.deepEqual([holdersOf(ledger, A), holdersOf(ledger, B)], [[], [releaseHolderOf(IT.key)]]);
});
