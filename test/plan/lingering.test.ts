/** What a Service has lost and still shows is nobody else's. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ledger } from '../../src/ipam/ledger.ts';
import type { Address } from '../../src/net/address.ts';
import { ledgerPools } from '../../src/plan/bookchanges.ts';
import { endLingering, endUnseen, linger, shadowOf, standingOf } from '../../src/plan/lingering.ts';
import { book, pool, service } from './support.ts';

const A: Address = { family: 4, bits: 0x0a000000n };
const B: Address = { family: 4, bits: 0x0a000001n };
const IT = service('it', { shows: ['10.0.0.0', '10.0.0.1'] });
const claim = (holder: string, key = '', port = 80) => ({
  holder,
  sharing: { key, backend: '' },
  ports: [{ protocol: 'TCP', port }],
});

/** The Service holds both of its addresses. */
function stage(key = ''): Ledger {
  const ledger = Ledger.empty();
  ledger.setPools(ledgerPools(book([pool('p', ['10.0.0.0/31'])])));
  const tx = ledger.begin();
  for (const address of [A, B]) assert.ok(tx.adopt(claim(IT.key, key), address, 'p', { force: false }).ok);
  tx.commit();
  return ledger;
}

/** It loses what it had, but for `kept`. */
function lose(ledger: Ledger, kept: readonly Address[]): void {
  const standing = standingOf(ledger, IT);
  const tx = ledger.begin();
  for (const address of [A, B]) if (!kept.includes(address)) tx.release(IT.key, address);
  linger(tx, standing, kept);
  tx.commit();
}

const holdersOf = (ledger: Ledger, address: Address): readonly string[] =>
  ledger.holders(address).map(({ holder }) => holder);

test('what it shows and holds stands; what it only holds does not', () => {
  const addresses = (shows: readonly string[]) =>
    standingOf(stage(), service('it', { shows })).map(({ address, pool }) => [address, pool]);
  assert.deepEqual(addresses(['10.0.0.1']), [[B, 'p']]);
  assert.deepEqual(addresses([]), []);
  assert.deepEqual(addresses(['192.0.2.1']), []);
});

test('what it lost lingers, what it kept does not', () => {
  const ledger = stage();
  lose(ledger, [A]);
  assert.deepEqual(holdersOf(ledger, A), [IT.key]);
  assert.deepEqual(holdersOf(ledger, B), [shadowOf(IT.key)]);
  const tx = ledger.begin();
  assert.ok(!tx.reserve(claim('default/other'), B, 'p').ok, 'nobody else may have it');
  tx.undo();
});

test('where somebody else has it by now, he has it alone', () => {
  const ledger = stage();
  const standing = standingOf(ledger, IT);
  const tx = ledger.begin();
  tx.release(IT.key);
  assert.ok(tx.reserve(claim('default/other'), B, 'p').ok);
  linger(tx, standing, []);
  tx.commit();
  assert.deepEqual(holdersOf(ledger, B), ['default/other']);
  assert.deepEqual(holdersOf(ledger, A), [shadowOf(IT.key)]);
});

test('it lingers under the terms it was held under: who could share with it still can', () => {
  const ledger = stage('k');
  lose(ledger, []);
  const tx = ledger.begin();
  assert.ok(tx.reserve(claim('default/sharer', 'k', 443), A, 'p').ok);
  assert.ok(!tx.reserve(claim('default/clash', 'k', 80), B, 'p').ok);
  tx.undo();
});

test('once the write stands all of it is free, and those who wait hear of it', () => {
  const ledger = stage();
  lose(ledger, [A]);
  const freed = endLingering(ledger.begin(), IT.key);
  assert.deepEqual(
    freed.addresses.map(({ address, vacant }) => [address, vacant]),
    [[B, true]],
  );
  assert.deepEqual(holdersOf(ledger, A), [IT.key]);
});

test('what the Service shows no more, whoever took it off, is free as well', () => {
  const ledger = stage();
  lose(ledger, []);
  const tx = ledger.begin();
  endUnseen(ledger, tx, service('it', { shows: ['10.0.0.1'] }));
  tx.commit();
  assert.deepEqual([holdersOf(ledger, A), holdersOf(ledger, B)], [[], [shadowOf(IT.key)]]);
});
