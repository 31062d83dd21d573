import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Freed, Ledger } from '../../src/ipam/ledger.ts';
import { Waiters, type WaitTarget } from '../../src/ipam/waiters.ts';
import type { Address, Family } from '../../src/net/address.ts';
import { type Random, underSeeds } from '../support/random.ts';

const at = (bits: number, family: Family = 4): Address => ({ family, bits: BigInt(bits) });
const fromPool = (pool: string, family: Family = 4): WaitTarget => ({ kind: 'pool', pool, family });
const vacated = (...addresses: Address[]): Freed => ({
  addresses: addresses.map((address) => ({ address, pools: ['blue'], isVacant: true })),
  sharingKeys: [],
});
const always = (): boolean => true;
const never = (): boolean => false;

/** `count` Services with the same targets; w0 has waited longest. */
function waitersOf(count: number, ...targets: WaitTarget[]): Waiters {
  const waiters = new Waiters();
  for (let i = 0; i < count; i++) waiters.set(`ns/w${i}`, targets);
  return waiters;
}

test('a freed address wakes the longest waiter for its pool and family only', () => {
  const waiters = waitersOf(10_000, fromPool('green'));
  waiters.set('ns/late', [fromPool('blue')]);
  waiters.set('ns/later', [fromPool('blue')]);
  waiters.set('ns/six', [fromPool('blue', 6)]);
  assert.deepEqual(waiters.wake(vacated(at(1))), ['ns/late']);
});

test('two freed addresses wake two waiters, together or one after the other', () => {
  const together = waitersOf(3, fromPool('blue'));
  assert.deepEqual(together.wake(vacated(at(1), at(2))), ['ns/w0', 'ns/w1']);
  const apart = waitersOf(3, fromPool('blue'));
  assert.deepEqual(apart.wake(vacated(at(1))), ['ns/w0']);
  assert.deepEqual(apart.wake(vacated(at(2))), ['ns/w1']);
});

test('an offer that is not used passes on to each waiter once', () => {
  const waiters = waitersOf(3, fromPool('blue'));
  assert.deepEqual(waiters.wake(vacated(at(1))), ['ns/w0']);
  waiters.set('ns/w0', [fromPool('blue')]);
  assert.deepEqual(waiters.passOffersOn('ns/w0', always), ['ns/w1']);
  waiters.set('ns/w1', [fromPool('blue')]);
  assert.deepEqual(waiters.passOffersOn('ns/w1', always), ['ns/w2']);
  waiters.set('ns/w2', [fromPool('blue')]);
  assert.deepEqual(waiters.passOffersOn('ns/w2', always), []);
  assert.deepEqual(waiters.wake(vacated(at(1))), ['ns/w0'], 'each keeps its position');
});

test('an offer ends when its address is taken', () => {
  const waiters = waitersOf(2, fromPool('blue'));
  waiters.wake(vacated(at(1)));
  waiters.clear('ns/w0');
  assert.deepEqual(waiters.passOffersOn('ns/w0', never), []);
  assert.deepEqual(waiters.wake(vacated(at(2))), ['ns/w1']);
});

test('a waiter that no longer waits passes its offer on', () => {
  const waiters = waitersOf(2, fromPool('blue'));
  waiters.wake(vacated(at(1)));
  waiters.clear('ns/w0');
  assert.deepEqual(waiters.passOffersOn('ns/w0', always), ['ns/w1']);
});

test('an offer does not visit waiters that came after it', () => {
  const waiters = waitersOf(1, fromPool('blue'));
  waiters.wake(vacated(at(1)));
  waiters.set('ns/new', [fromPool('blue')]);
  assert.deepEqual(waiters.passOffersOn('ns/w0', always), []);
});

test('an offer ends although the waiters that it visits leave the queue and join again', () => {
  const waiters = waitersOf(2, fromPool('blue'));
  let woken = waiters.wake(vacated(at(1)));
  let reconciles = 0;
  for (; woken.length > 0; reconciles++) {
    const [key = ''] = woken;
    waiters.clear(key);
    waiters.set(key, [fromPool('blue')]);
    woken = waiters.passOffersOn(key, always);
    assert.ok(reconciles < 10, 'the offer goes in circles');
  }
  assert.equal(reconciles, 2);
});

test('a reconcile of a key without an offer passes nothing on', () => {
  const waiters = waitersOf(2, fromPool('blue'));
  waiters.wake(vacated(at(1)));
  assert.deepEqual(waiters.passOffersOn('ns/w1', always), []);
  assert.deepEqual(waiters.passOffersOn('ns/nobody', always), []);
});

test('all waiters for one address are woken, whether it is vacant or has one holder less', () => {
  const waiters = waitersOf(2, { kind: 'address', address: at(7) });
  waiters.set('ns/other', [{ kind: 'address', address: at(8) }]);
  waiters.set('ns/six', [{ kind: 'address', address: at(7, 6) }]);
  const oneHolderLess = { addresses: [{ address: at(7), pools: [], isVacant: false }], sharingKeys: [] };
  assert.deepEqual(waiters.wake(oneHolderLess), ['ns/w0', 'ns/w1']);
  assert.deepEqual(waiters.wake(vacated(at(7))), ['ns/w0', 'ns/w1']);
});

test('all waiters under a sharing key are woken together', () => {
  const waiters = waitersOf(2, { kind: 'sharing', key: 'k' });
  waiters.set('ns/other', [{ kind: 'sharing', key: 'l' }]);
  assert.deepEqual(waiters.wake({ addresses: [], sharingKeys: ['k'] }), ['ns/w0', 'ns/w1']);
});

test('an edited pool wakes its waiters, and those that wait for any pool', () => {
  const waiters = waitersOf(1, fromPool('blue'));
  waiters.set('ns/six', [fromPool('blue', 6)]);
  waiters.set('ns/green', [fromPool('green')]);
  waiters.set('ns/any', [{ kind: 'any-pool' }]);
  assert.deepEqual(waiters.wakePools(['blue']), ['ns/w0', 'ns/six', 'ns/any']);
  assert.deepEqual(waiters.wakePools([]), ['ns/any']);
});

test('a key with several targets is woken once', () => {
  const waiters = new Waiters();
  waiters.set('ns/a', [fromPool('blue'), { kind: 'address', address: at(1) }, { kind: 'sharing', key: 'k' }]);
  assert.deepEqual(waiters.wake({ ...vacated(at(1)), sharingKeys: ['k'] }), ['ns/a']);
});

test('set replaces the targets, and clear forgets the key', () => {
  const waiters = waitersOf(2, fromPool('blue'), { kind: 'any-pool' });
  waiters.set('ns/w0', [fromPool('green')]);
  assert.deepEqual(waiters.wake(vacated(at(1))), ['ns/w1']);
  assert.deepEqual(waiters.all(), ['ns/w0', 'ns/w1']);
  assert.equal(waiters.size, 2);
  waiters.clear('ns/w0');
  waiters.clear('ns/w1');
  waiters.clear('ns/w1');
  assert.deepEqual(waiters.all(), []);
  assert.deepEqual(waiters.wakePools(['blue', 'green']), []);
});

/** A small cluster of changing Services, in which only the keys that the waiters wake are reconciled. */
class WaitingCluster {
  readonly ledger = Ledger.empty();
  readonly waiters = new Waiters();
  readonly random: Random;
  readonly requests = new Map<
    string,
    { pools: string[]; families: Family[]; key: string; port: number; address: Address | null }
  >();
  readonly queue: string[] = [];
  reconciles = 0;

  constructor(random: Random) {
    this.random = random;
    const range = (first: number, last: number, family: Family = 4) => ({
      family,
      first: BigInt(first),
      last: BigInt(last),
    });
    const pool = (name: string, ...ranges: ReturnType<typeof range>[]) => ({
      name,
      ranges,
      grantable: ranges,
      avoidBuggyIPs: false,
    });
    this.ledger.setPools([pool('blue', range(1, 3), range(1, 2, 6)), pool('green', range(10, 12))]);
  }

  /** All families from the first pool that has them, or none: a small model of the allocator. */
  tryToServe(key: string): boolean {
    const request = this.requests.get(key);
    const tx = this.ledger.begin();
    tx.release(key);
    const served = request !== undefined && this.serve(key, request, tx);
    if (request === undefined || served) this.waiters.clear(key);
    else this.waiters.set(key, this.targetsOf(request));
    this.reconciles++;
    this.queue.push(...this.waiters.wake(tx.commit()));
    this.queue.push(...this.waiters.passOffersOn(key, (address) => this.ledger.isVacant(address)));
    return served;
  }

  serve(
    key: string,
    request: NonNullable<ReturnType<typeof this.requests.get>>,
    tx: ReturnType<Ledger['begin']>,
  ): boolean {
    const claim = {
      holder: key,
      sharing: { key: request.key, backend: '' },
      ports: [{ protocol: 'TCP', port: request.port }],
    };
    if (request.address !== null) return tx.reserve(claim, request.address, 'blue').ok;
    for (const pool of request.pools) {
      if (request.families.every((family) => tx.allocate(claim, pool, family).ok)) return true;
      tx.release(key);
    }
    return false;
  }

  targetsOf(request: NonNullable<ReturnType<typeof this.requests.get>>): WaitTarget[] {
    if (request.address !== null) return [{ kind: 'address', address: request.address }];
    const pools = request.pools.flatMap((pool) =>
      request.families.map((family): WaitTarget => ({ kind: 'pool', pool, family })),
    );
    return request.key === '' ? pools : [...pools, { kind: 'sharing', key: request.key }];
  }

  run(): void {
    for (let key = this.queue.shift(); key !== undefined; key = this.queue.shift()) {
      // A Service with an address keeps it.
      if (this.ledger.assignedTo(key).length === 0 || !this.requests.has(key)) this.tryToServe(key);
      else this.queue.push(...this.waiters.passOffersOn(key, (address) => this.ledger.isVacant(address)));
    }
  }

  change(): void {
    const { random } = this;
    const key = `ns/s${random.below(16)}`;
    if (random.chance(0.5)) {
      this.requests.delete(key);
    } else if (!this.requests.has(key)) {
      const pools = random.pick([['blue'], ['green'], ['blue', 'green']]);
      const dual = pools.length === 1 && pools[0] === 'blue' && random.chance(0.4);
      this.requests.set(key, {
        pools,
        families: dual ? [4, 6] : [4],
        key: random.pick(['', '', 'k']),
        port: random.pick([80, 443]),
        address: random.chance(0.15) ? at(1 + random.below(3)) : null,
      });
    }
    this.queue.push(key);
  }

  /** Waiters that would get an address if they were reconciled now. */
  missedWaiters(): string[] {
    return this.waiters.all().filter((key) => {
      const request = this.requests.get(key);
      const tx = this.ledger.begin();
      const isServable = request !== undefined && this.serve(key, request, tx);
      tx.rollback();
      return isServable;
    });
  }
}

test('no waiter that could be served is left waiting', () => {
  underSeeds(60, 3_000, (random) => {
    const cluster = new WaitingCluster(random);
    for (let i = 0; i < 150; i++) {
      const batch = 1 + random.below(3);
      for (let j = 0; j < batch; j++) cluster.change();
      cluster.run();
      assert.deepEqual(cluster.missedWaiters(), []);
    }
    cluster.ledger.audit();
  });
});
