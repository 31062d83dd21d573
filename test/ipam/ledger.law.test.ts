/**
 * The ledger and an oracle execute the same random operations, and must give the same results. The universes are small, so
 * that every case occurs: full, overlapping, deleted and restored pools, four Services on one address, rolled back
 * transactions, and forced allocations.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { err, ok, type Result } from '../../src/base/result.ts';
import { type Claim, Ledger, type LedgerPool, type Transaction } from '../../src/ipam/ledger.ts';
import type { LedgerRefusal } from '../../src/ipam/refusal.ts';
import { type Address, type Family, formatAddress } from '../../src/net/address.ts';
import { type AddressRange, subtractRanges } from '../../src/net/range.ts';
import type { ServicePort } from '../../src/objects/service.ts';
import { type Random, underSeeds } from '../support/random.ts';
import { Oracle, type OracleAllocation } from './support/oracle.ts';

const STEPS = 2_500; // of one history

/** Small ranges at edge cases: the end of a block of 256, and the ends of number ranges. */
const UNIVERSES: readonly { readonly base: Readonly<Record<Family, bigint>>; readonly size: number }[] = [
  { base: { 4: 0x0a00_00f8n, 6: 0n }, size: 16 },
  { base: { 4: 0x7fff_fff0n, 6: 2n ** 64n - 8n }, size: 32 },
  { base: { 4: 0n, 6: 2n ** 53n - 20n }, size: 40 },
  { base: { 4: 2n ** 32n - 60n, 6: 2n ** 128n - 60n }, size: 60 },
];

const HOLDERS = 24;
const POOLS = ['blue', 'green', 'red', 'white'];
const PORTS: readonly ServicePort[] = [
  { protocol: 'TCP', port: 80 },
  { protocol: 'UDP', port: 80 },
  { protocol: 'TCP', port: 443 },
];

function refusalText(refusal: LedgerRefusal): string {
  switch (refusal.code) {
    case 'address-taken':
      return `${refusal.code} ${refusal.holders.join()}`;
    case 'not-grantable':
      return `${refusal.code} ${refusal.grantingPool}`;
    case 'sharing-refused': {
      const port = refusal.mismatch === 'port' ? ` ${refusal.port.protocol}/${refusal.port.port}` : '';
      return `${refusal.code} ${refusal.mismatch}${port} ${refusal.holders.join()}`;
    }
    default:
      return refusal.code;
  }
}

const refusalTextOf = (done: Result<void, LedgerRefusal>): string => (done.ok ? '' : refusalText(done.error));

class LedgerHistory {
  readonly random: Random;
  readonly universe: (typeof UNIVERSES)[number];
  readonly ledger = Ledger.empty();
  readonly oracle = new Oracle();

  constructor(random: Random) {
    this.random = random;
    this.universe = random.pick(UNIVERSES);
  }

  family(): Family {
    return this.random.chance(0.6) ? 4 : 6;
  }

  address(family = this.family()): Address {
    return { family, bits: this.universe.base[family] + BigInt(this.random.below(this.universe.size)) };
  }

  range(): AddressRange {
    const [a, b] = [this.address(4), this.address(4)];
    const family = this.family();
    const [low, high] = a.bits < b.bits ? [a, b] : [b, a];
    const shift = this.universe.base[family] - this.universe.base[4];
    return { family, first: low.bits + shift, last: high.bits + shift };
  }

  claim(): Claim {
    const { random } = this;
    const key = random.pick(['', '', 'k1', 'k1', 'k1', 'k2']);
    return {
      holder: `ns/s${random.below(HOLDERS)}`,
      sharing: { key, backend: random.chance(0.85) ? '' : 'app=a' },
      ports: PORTS.filter(() => random.chance(0.4)),
    };
  }

  /** The oldest pool first; each grants the addresses that no older one lists. */
  randomPools(): readonly LedgerPool[] {
    const { random } = this;
    let claimed: readonly AddressRange[] = [];
    return POOLS.filter(() => random.chance(0.75)).map((name) => {
      const ranges = Array.from({ length: 1 + random.below(5) }, () => this.range());
      const grantable = subtractRanges(ranges, claimed);
      claimed = [...claimed, ...ranges];
      return { name, ranges, grantable, avoidBuggyIPs: random.chance(0.4) };
    });
  }

  editPools(): void {
    const pools = this.random.chance(0.2) ? this.oracle.pools.slice(1) : this.randomPools();
    this.oracle.pools = pools;
    assert.deepEqual(this.ledger.setPools(pools), this.oracle.stranded());
  }

  /** One operation within a transaction, on ledger and oracle. */
  step(tx: Transaction): void {
    const { random, oracle } = this;
    const claim = this.claim();
    const pool = random.pick(POOLS);
    const dice = random.below(12);
    if (dice === 0) {
      const force = random.chance(0.3);
      const [address, from] = [this.address(), random.chance(0.3) ? null : pool];
      assert.equal(
        refusalTextOf(tx.adopt(claim, address, from, { force })),
        oracle.adopt(claim, address, from, force),
      );
    } else if (dice < 3) {
      const address = this.address();
      assert.equal(refusalTextOf(tx.reserve(claim, address, pool)), oracle.reserve(claim, address, pool));
    } else if (dice < 4) {
      const refusal = refusalTextOf(tx.updateClaim(claim.holder, claim.sharing, claim.ports));
      // Any of the holder's addresses may be the first that conflicts.
      const wanted = oracle.updateClaim(claim.holder, claim.sharing, claim.ports);
      assert.ok(wanted.includes(refusal), `${refusal} instead of ${wanted}`);
    } else if (dice < 7) {
      tx.release(claim.holder);
      oracle.release(claim.holder);
    } else if (dice < 8) {
      const address = oracle.allocationsOf(claim.holder)[0]?.address ?? this.address();
      tx.release(claim.holder, address);
      oracle.release(claim.holder, address);
    } else {
      const family = this.family();
      const done = tx.allocate(claim, pool, family);
      assert.deepEqual(done.ok ? done.value : refusalText(done.error), oracle.allocate(claim, pool, family));
    }
  }

  /** One operation, or a few that are tried and then kept or reversed. */
  stepOrAttempt(tx: Transaction): void {
    const { random, oracle } = this;
    if (!random.chance(0.15)) {
      this.step(tx);
      return;
    }
    const before = oracle.allocations;
    const isKept = random.chance(0.5);
    tx.attempt(() => {
      for (let i = 0; i < 3; i++) this.step(tx);
      return isKept ? ok(null) : err(null);
    });
    if (!isKept) oracle.allocations = before;
  }

  transaction(): number {
    const { random, oracle, ledger } = this;
    const before = oracle.allocations;
    const tx = ledger.begin();
    const steps = 1 + random.below(4);
    for (let i = 0; i < steps; i++) this.stepOrAttempt(tx);
    if (random.chance(0.3)) {
      tx.rollback();
      oracle.allocations = before;
      return steps;
    }
    const { addresses, sharingKeys } = tx.commit();
    const wanted = expectedFreed(before, oracle);
    assert.deepEqual(
      addresses
        .map(({ address, pools, isVacant }) => `${formatAddress(address)} ${isVacant} ${pools}`)
        .sort(),
      wanted.addresses,
    );
    assert.deepEqual([...sharingKeys].sort(), wanted.keys);
    return steps;
  }

  /** Compares all queries of one random address and holder. */
  compare(): void {
    const { ledger, oracle, random } = this;
    const address = this.address();
    const allocations = oracle.allocationsOn(address);
    assert.equal(ledger.isVacant(address), allocations.length === 0);
    assert.deepEqual(ledger.claimsOn(address), allocations.map(({ claim }) => claim).sort(byHolder));
    const { holder } = this.claim();
    assert.equal(ledger.isForced(holder, address), oracle.isForced(holder, address));
    assert.deepEqual(
      ledger.assignedTo(holder),
      oracle.allocationsOf(holder).map((one) => ({ address: one.address, pool: one.pool })),
    );
    const preferred = random.chance(0.5) ? random.pick(POOLS) : undefined;
    assert.equal(ledger.poolOf(address, preferred), oracle.poolOf(address, preferred));
  }

  compareAll(): void {
    const { ledger, oracle } = this;
    ledger.audit();
    for (const name of POOLS) {
      assert.equal(ledger.hasPool(name), oracle.pool(name) !== undefined);
      if (ledger.hasPool(name)) assert.deepEqual(ledger.counts(name), oracle.counts(name), name);
      const holders = oracle.allocations.filter(({ pool }) => pool === name).map(({ claim }) => claim.holder);
      assert.deepEqual(ledger.holdersOf(name), [...new Set(holders)].sort());
    }
    const copy = ledger.clone();
    copy.audit();
    for (let i = 0; i < HOLDERS; i++) {
      assert.deepEqual(copy.assignedTo(`ns/s${i}`), ledger.assignedTo(`ns/s${i}`));
    }
  }
}

const byHolder = (a: Claim, b: Claim): number => (a.holder < b.holder ? -1 : 1);

/** What a commit frees, by comparing the occupants of each address before and after. */
function expectedFreed(before: readonly OracleAllocation[], oracle: Oracle) {
  const addresses: string[] = [];
  const keys = new Set<string>();
  const unchanged = new Set(oracle.allocations.filter((one) => before.includes(one)));
  const changed = [...before, ...oracle.allocations].filter((one) => !unchanged.has(one));
  const touched = new Map(changed.map(({ address }) => [`${address.family} ${address.bits}`, address]));
  for (const address of touched.values()) {
    const text = ({ claim, forced }: OracleAllocation): string => JSON.stringify([claim, forced]);
    const previous = before.filter(
      (one) => one.address.family === address.family && one.address.bits === address.bits,
    );
    const now = oracle.allocationsOn(address);
    const [thenTexts, nowTexts] = [new Set(previous.map(text)), new Set(now.map(text))];
    const lost = [...thenTexts].some((one) => !nowTexts.has(one));
    const gained = now.some(
      (one) => !one.forced && one.claim.sharing.key !== '' && !thenTexts.has(text(one)),
    );
    const holdersBefore = new Set(previous.map(({ claim }) => claim.holder));
    const joined =
      previous.length > 0 && now.some(({ claim, forced }) => forced && !holdersBefore.has(claim.holder));
    const vacant = now.length === 0;
    if (lost || joined)
      addresses.push(`${formatAddress(address)} ${vacant} ${vacant ? oracle.grantingPools(address) : []}`);
    if (!vacant && (lost || gained))
      for (const { claim } of [...previous, ...now]) keys.add(claim.sharing.key);
  }
  keys.delete('');
  return { addresses: addresses.sort(), keys: [...keys].sort() };
}

test('the ledger gives the same results as the oracle in any history', () => {
  let steps = 0;
  underSeeds(84, 2_000, (random) => {
    const history = new LedgerHistory(random);
    history.editPools();
    for (let done = 0; done < STEPS; ) {
      const now = history.transaction();
      done += now;
      steps += now;
      history.compare();
      if (random.chance(0.02)) history.editPools();
      if (random.chance(0.01)) history.compareAll();
    }
    history.compareAll();
    const tx = history.ledger.begin();
    for (let i = 0; i < HOLDERS; i++) tx.release(`ns/s${i}`);
    tx.commit();
    history.oracle.allocations = [];
    history.compareAll(); // no allocation is left
  });
  if (process.env['SEED'] === undefined && process.env['SEEDS'] === undefined) assert.ok(steps >= 200_000);
});
