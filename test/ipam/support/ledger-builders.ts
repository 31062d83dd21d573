/** Builders for tests of the ledger: pools and addresses from text, and one operation per transaction. */
import assert from 'node:assert/strict';
import type { Result } from '../../../src/base/result.ts';
import { type Claim, type Freed, Ledger, type LedgerPool } from '../../../src/ipam/ledger.ts';
import type { LedgerRefusal } from '../../../src/ipam/refusal.ts';
import { type Address, formatAddress, parseAddress } from '../../../src/net/address.ts';
import { parseRange } from '../../../src/net/range.ts';

export function address(text: string): Address {
  const parsed = parseAddress(text);
  assert.ok(parsed.ok, text);
  return parsed.value;
}

export function pool(name: string, ranges: readonly string[], options: Partial<LedgerPool> = {}): LedgerPool {
  const parsed = ranges.map((text) => {
    const range = parseRange(text);
    assert.ok(range.ok, text);
    return range.value;
  });
  return { name, ranges: parsed, grantable: parsed, avoidBuggyIPs: false, ...options };
}

export function ledgerOf(...pools: readonly LedgerPool[]): Ledger {
  const ledger = Ledger.empty();
  ledger.setPools(pools);
  return ledger;
}

export const claim = (holder: string, key = '', port = 80, backend = ''): Claim => ({
  holder,
  sharing: { key, backend },
  ports: [{ protocol: 'TCP', port }],
});

export const resultText = (result: Result<Address, LedgerRefusal>): string =>
  result.ok ? formatAddress(result.value) : result.error.code;

/** Allocates in a transaction of its own; returns the address or the code of the refusal. */
export function grant(ledger: Ledger, claim: Claim, pool: string, family: 4 | 6 = 4): string {
  const tx = ledger.begin();
  const result = tx.allocate(claim, pool, family);
  tx.commit();
  return resultText(result);
}

export function reserve(ledger: Ledger, claim: Claim, text: string, pool: string): LedgerRefusal | null {
  const tx = ledger.begin();
  const result = tx.reserve(claim, address(text), pool);
  tx.commit();
  return result.ok ? null : result.error;
}

export function release(ledger: Ledger, holder: string): Freed {
  const tx = ledger.begin();
  tx.release(holder);
  return tx.commit();
}
