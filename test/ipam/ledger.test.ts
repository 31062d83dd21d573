import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Claim } from '../../src/ipam/ledger.ts';
import {
  address,
  claim,
  grant,
  ledgerOf,
  pool,
  release,
  reserve,
  resultText,
} from './support/ledger-builders.ts';

test('the first Service gets the first address of the pool', () => {
  const ledger = ledgerOf(pool('first', ['192.168.5.0/24']));
  assert.equal(grant(ledger, claim('ns/a'), 'first'), '192.168.5.0');
  assert.equal(grant(ledger, claim('ns/b'), 'first'), '192.168.5.1');
});

test('a full pool refuses, and reuses a released address', () => {
  const ledger = ledgerOf(pool('p', ['172.18.1.1-172.18.1.16']));
  for (let i = 1; i <= 16; i++) assert.equal(grant(ledger, claim(`ns/s${i}`), 'p'), `172.18.1.${i}`);
  assert.equal(grant(ledger, claim('ns/s17'), 'p'), 'pool-exhausted');
  const freed = release(ledger, 'ns/s5');
  assert.deepEqual(freed, {
    addresses: [{ address: address('172.18.1.5'), pools: ['p'], isVacant: true }],
    sharingKeys: [],
  });
  assert.equal(grant(ledger, claim('ns/s17'), 'p'), '172.18.1.5');
});

test('ranges are filled in listed order', () => {
  const ledger = ledgerOf(pool('p', ['10.0.0.8-10.0.0.9', '10.0.0.1-10.0.0.1', '2001:db8::/127']));
  const got = Array.from({ length: 4 }, (_, i) => grant(ledger, claim(`ns/s${i}`), 'p'));
  assert.deepEqual(got, ['10.0.0.8', '10.0.0.9', '10.0.0.1', 'pool-exhausted']);
  assert.equal(grant(ledger, claim('ns/six'), 'p', 6), '2001:db8::');
});

test('a pool without the family, and an unknown pool, refuse with their own codes', () => {
  const ledger = ledgerOf(pool('p', ['10.0.0.0/30']));
  assert.equal(grant(ledger, claim('ns/a'), 'p', 6), 'pool-lacks-family');
  assert.equal(grant(ledger, claim('ns/a'), 'q'), 'no-such-pool');
  assert.deepEqual(reserve(ledger, claim('ns/a'), '10.0.0.1', 'q'), { code: 'no-such-pool', pool: 'q' });
});

test('avoidBuggyIPs skips addresses that end in .0 or .255, and refuses a request for one', () => {
  const ledger = ledgerOf(pool('p', ['10.0.0.254-10.0.2.1'], { avoidBuggyIPs: true }));
  assert.equal(grant(ledger, claim('ns/a'), 'p'), '10.0.0.254');
  assert.equal(grant(ledger, claim('ns/b'), 'p'), '10.0.1.1');
  assert.deepEqual(reserve(ledger, claim('ns/c'), '10.0.1.0', 'p'), {
    code: 'address-avoided',
    address: address('10.0.1.0'),
    pool: 'p',
  });
  assert.equal(ledger.counts('p').available4, 1 + 254 + 1 - 2);
  for (let i = 0; i < 254; i++) assert.notEqual(grant(ledger, claim(`ns/s${i}`), 'p'), 'pool-exhausted');
  assert.equal(grant(ledger, claim('ns/last'), 'p'), 'pool-exhausted');
  assert.equal(ledger.counts('p').available4, 0);
  ledger.audit();
});

test('a younger pool does not grant addresses of an older one, and the refusal names that one', () => {
  const younger = pool('b', ['10.0.0.0/29']);
  const older = pool('a', ['10.0.0.0/30']);
  const ledger = ledgerOf(older, { ...younger, grantable: pool('b', ['10.0.0.4/30']).ranges });
  assert.equal(grant(ledger, claim('ns/a'), 'b'), '10.0.0.4');
  assert.deepEqual(reserve(ledger, claim('ns/b'), '10.0.0.1', 'b'), {
    code: 'not-grantable',
    address: address('10.0.0.1'),
    pool: 'b',
    grantingPool: 'a',
  });
  assert.equal(ledger.poolOf(address('10.0.0.1')), 'a');
  assert.equal(ledger.poolOf(address('10.0.0.1'), 'b'), 'b', 'the preferred pool, if it lists the address');
  assert.equal(ledger.poolOf(address('10.0.0.5'), 'a'), 'b');
  assert.equal(ledger.poolOf(address('10.9.0.0')), null);
  const tx = ledger.begin();
  tx.adopt(claim('ns/old'), address('10.0.0.2'), 'b', { force: false });
  assert.ok(tx.reserve(claim('ns/old'), address('10.0.0.2'), 'b').ok, 'a holder may keep it');
  tx.commit();
});

test('a claim shares the lowest address that fits, and a refusal names the mismatch', () => {
  const ledger = ledgerOf(pool('p', ['10.0.0.1-10.0.0.9']));
  assert.equal(grant(ledger, claim('ns/exclusive'), 'p'), '10.0.0.1');
  assert.equal(grant(ledger, claim('ns/a', 'k', 80), 'p'), '10.0.0.2');
  assert.equal(grant(ledger, claim('ns/b', 'k', 443), 'p'), '10.0.0.2');
  assert.equal(grant(ledger, claim('ns/c', 'k', 80), 'p'), '10.0.0.3', 'its port is in use on .2');
  const refused = (requester: Claim, text: string): unknown => {
    const refusal = reserve(ledger, requester, text, 'p');
    if (refusal === null || !('holders' in refusal)) return refusal?.code;
    return [refusal.code, refusal.holders, 'mismatch' in refusal ? refusal.mismatch : ''];
  };
  assert.deepEqual(refused(claim('ns/x'), '10.0.0.2'), ['address-taken', ['ns/a', 'ns/b'], '']);
  assert.deepEqual(refused(claim('ns/x', 'k'), '10.0.0.1'), ['address-taken', ['ns/exclusive'], '']);
  assert.deepEqual(refused(claim('ns/x', 'l', 1), '10.0.0.2'), ['sharing-refused', ['ns/a', 'ns/b'], 'key']);
  assert.deepEqual(refused(claim('ns/x', 'k', 1, 'app=a'), '10.0.0.3'), [
    'sharing-refused',
    ['ns/c'],
    'backend',
  ]);
  assert.deepEqual(refused(claim('ns/x', 'k', 443), '10.0.0.2'), ['sharing-refused', ['ns/b'], 'port']);
  assert.equal(ledger.counts('p').assigned4, 3, 'a shared address counts once');
});

test('a free address precedes a higher one that can be shared', () => {
  const ledger = ledgerOf(pool('p', ['10.0.0.1-10.0.0.9']));
  assert.equal(reserve(ledger, claim('ns/a', 'k', 80), '10.0.0.5', 'p'), null);
  assert.equal(grant(ledger, claim('ns/b', 'k', 443), 'p'), '10.0.0.1');
});

test('the only holder of an address may change its sharing key; one of several may not', () => {
  const ledger = ledgerOf(pool('p', ['10.0.0.1-10.0.0.1']));
  grant(ledger, claim('ns/a'), 'p');
  const tx = ledger.begin();
  assert.ok(tx.updateClaim('ns/a', { key: 'k', backend: '' }, claim('ns/a').ports).ok);
  assert.deepEqual(tx.commit().sharingKeys, ['k'], 'waiters under this key may share it now');
  assert.equal(grant(ledger, claim('ns/b', 'k', 443), 'p'), '10.0.0.1');
  const next = ledger.begin();
  const refused = next.updateClaim('ns/a', { key: 'l', backend: '' }, claim('ns/a').ports);
  assert.deepEqual(refused.ok ? null : refused.error, {
    code: 'sharing-refused',
    address: address('10.0.0.1'),
    holders: ['ns/b'],
    mismatch: 'key',
  });
  assert.ok(
    next.updateClaim('ns/a', { key: 'k', backend: '' }, claim('ns/a').ports).ok,
    'an unchanged claim is accepted',
  );
  assert.ok(next.updateClaim('ns/nobody', { key: 'l', backend: '' }, []).ok);
  next.commit();
});

test('a forced allocation closes an address to new holders until it is released, and binds no other holder', () => {
  const ledger = ledgerOf(pool('p', ['10.0.0.1-10.0.0.1']));
  grant(ledger, claim('ns/a', 'k', 80), 'p');
  const tx = ledger.begin();
  assert.equal(tx.adopt(claim('ns/foreign'), address('10.0.0.1'), null, { force: false }).ok, false);
  assert.ok(tx.adopt(claim('ns/foreign'), address('10.0.0.1'), null, { force: true }).ok);
  tx.commit();
  assert.deepEqual(
    ledger.claimsOn(address('10.0.0.1')).map(({ holder }) => holder),
    ['ns/a', 'ns/foreign'],
  );
  assert.equal(grant(ledger, claim('ns/b', 'k', 443), 'p'), 'pool-exhausted');
  const change = ledger.begin();
  assert.ok(change.updateClaim('ns/a', { key: 'k', backend: '' }, [{ protocol: 'TCP', port: 81 }]).ok);
  change.commit();
  const freed = release(ledger, 'ns/foreign');
  assert.deepEqual(freed.addresses, [{ address: address('10.0.0.1'), pools: [], isVacant: false }]);
  assert.deepEqual(freed.sharingKeys, ['k']);
  assert.equal(grant(ledger, claim('ns/b', 'k', 443), 'p'), '10.0.0.1');
  ledger.audit();
});

test('an address outside any pool can be held, and counts when a pool comes to list it', () => {
  const ledger = ledgerOf();
  const tx = ledger.begin();
  tx.adopt(claim('ns/foreign'), address('10.0.0.1'), null, { force: true });
  tx.commit();
  assert.deepEqual(ledger.setPools([pool('p', ['10.0.0.1-10.0.0.2'])]), []);
  assert.equal(grant(ledger, claim('ns/a'), 'p'), '10.0.0.2');
  assert.deepEqual(ledger.counts('p'), { assigned4: 2, assigned6: 0, available4: 0, available6: 0 });
});

test('an edit strands addresses that an existing pool no longer grants, and no others', () => {
  const ledger = ledgerOf(pool('p', ['10.0.0.0-10.0.0.2']), pool('q', ['10.1.0.1-10.1.0.1']));
  for (const name of ['a', 'b', 'c']) grant(ledger, claim(`ns/${name}`), 'p');
  grant(ledger, claim('ns/q'), 'q');
  assert.deepEqual(ledger.setPools([pool('p', ['10.0.0.0-10.0.0.1'], { avoidBuggyIPs: true })]), [
    { holder: 'ns/a', address: address('10.0.0.0'), pool: 'p' },
    { holder: 'ns/c', address: address('10.0.0.2'), pool: 'p' },
  ]);
  assert.deepEqual(ledger.holdersOf('q'), ['ns/q'], 'holders of a deleted pool are found by its name');
  assert.deepEqual(
    ledger.assignedTo('ns/c'),
    [{ address: address('10.0.0.2'), pool: 'p' }],
    'stranded addresses stay allocated',
  );
  assert.deepEqual(ledger.setPools([pool('p', ['10.0.0.0-10.0.0.2'])]), []);
});

test('counts are exact up to 2^53−1, count overlaps once, and are never negative', () => {
  const most = Number.MAX_SAFE_INTEGER;
  const ledger = ledgerOf(
    pool('all', ['0.0.0.0/0', '::/0']),
    pool('twice', ['10.0.0.0/24', '10.0.0.128/25', '10.0.0.0-10.0.1.9']),
    pool('single', ['10.0.0.0/32'], { avoidBuggyIPs: true }),
    pool('large', ['2001:db8::/75']),
    pool('larger', ['2001:db8::/75', '2001:db9::/128']),
  );
  assert.deepEqual(ledger.counts('all'), {
    assigned4: 0,
    assigned6: 0,
    available4: 2 ** 32,
    available6: most,
  });
  assert.equal(ledger.counts('twice').available4, 266);
  assert.equal(ledger.counts('single').available4, 0);
  assert.equal(ledger.counts('large').available6, most, '2^53 is saturated');
  grant(ledger, claim('ns/a'), 'large', 6);
  grant(ledger, claim('ns/b'), 'large', 6);
  assert.equal(ledger.counts('large').available6, most - 1);
  assert.equal(ledger.counts('larger').available6, most);
});

test('full ranges are searched once, not for each Service', () => {
  const ranges = Array.from(
    { length: 10_000 },
    (_, i) => `10.${i >> 8}.${i & 255}.1-10.${i >> 8}.${i & 255}.1`,
  );
  const ledger = ledgerOf(pool('p', [...ranges].reverse()));
  for (let i = 9_999; i >= 1; i--) grant(ledger, claim(`ns/s${i}`), 'p');
  for (let i = 0; i < 20_000; i++) {
    assert.equal(grant(ledger, claim('ns/last'), 'p'), '10.0.0.1');
    const tx = ledger.begin();
    tx.release('ns/s9999');
    assert.equal(resultText(tx.allocate(claim('ns/x'), 'p', 4)), '10.39.15.1');
    tx.rollback();
    release(ledger, 'ns/last');
  }
});

test('a copy is independent', () => {
  const ledger = ledgerOf(pool('p', ['10.0.0.1-10.0.0.3']));
  grant(ledger, claim('ns/a'), 'p');
  const copy = ledger.clone();
  assert.equal(grant(copy, claim('ns/b'), 'p'), '10.0.0.2');
  assert.equal(ledger.isVacant(address('10.0.0.2')), true);
  release(ledger, 'ns/a');
  assert.equal(copy.isVacant(address('10.0.0.1')), false);
});
