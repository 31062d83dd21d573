/**
 * Oracle of the ledger's law: the same operations on flat lists with linear scans, and no index. It is simple enough to be
 * verified by reading; the ledger must give the same results.
 */

import type { AddressCounts, LedgerPool, StrandedAddress } from '../../../src/ipam/ledger.ts';
import type { Claim, Sharing } from '../../../src/ipam/sharing.ts';
import { type Address, compareAddresses, type Family, sameAddress } from '../../../src/net/address.ts';
import { type AddressRange, rangeContains } from '../../../src/net/range.ts';
import type { ServiceKey, ServicePort } from '../../../src/objects/service.ts';

export type OracleAllocation = {
  readonly claim: Claim;
  readonly address: Address;
  readonly pool: string | null;
  readonly forced: boolean;
};

/** '' for success, else the code of the refusal and its parameters. */
export type OracleRefusal = string;

const portText = (port: ServicePort): string => `${port.protocol}/${port.port}`;

export class Oracle {
  allocations: readonly OracleAllocation[] = [];
  pools: readonly LedgerPool[] = [];

  allocationsOn(address: Address): readonly OracleAllocation[] {
    return this.allocations.filter((one) => sameAddress(one.address, address));
  }

  isForced(holder: ServiceKey, address: Address): boolean {
    return this.allocationsOn(address).some((one) => one.claim.holder === holder && one.forced);
  }

  allocationsOf(holder: ServiceKey): readonly OracleAllocation[] {
    return this.allocations
      .filter((one) => one.claim.holder === holder)
      .sort((a, b) => compareAddresses(a.address, b.address));
  }

  pool(name: string): LedgerPool | undefined {
    return this.pools.find((pool) => pool.name === name);
  }

  static lists(ranges: readonly AddressRange[], address: Address): boolean {
    return ranges.some((range) => rangeContains(range, address));
  }

  static avoids(pool: LedgerPool, { family, bits }: Address): boolean {
    return pool.avoidBuggyIPs && family === 4 && (bits % 256n === 0n || bits % 256n === 255n);
  }

  poolOf(address: Address, preferred?: string): string | null {
    const listing = this.pools.filter((pool) => Oracle.lists(pool.ranges, address));
    return (listing.find((pool) => pool.name === preferred) ?? listing[0])?.name ?? null;
  }

  grantingPools(address: Address): readonly string[] {
    return this.pools
      .filter((pool) => Oracle.lists(pool.grantable, address) && !Oracle.avoids(pool, address))
      .map(({ name }) => name);
  }

  refusalFor(claim: Claim, address: Address, isCounted: (one: OracleAllocation) => boolean): OracleRefusal {
    const others = this.allocationsOn(address).filter(
      (one) => one.claim.holder !== claim.holder && isCounted(one),
    );
    const names = (list: readonly OracleAllocation[]): string =>
      list
        .map((one) => one.claim.holder)
        .sort()
        .join();
    const isExclusive = (one: OracleAllocation): boolean =>
      one.forced || one.claim.sharing.key === '' || claim.sharing.key === '';
    if (others.some(isExclusive)) return `address-taken ${names(others)}`;
    const differs = (field: 'key' | 'backend'): readonly OracleAllocation[] =>
      others.filter((one) => one.claim.sharing[field] !== claim.sharing[field]);
    if (differs('key').length > 0) return `sharing-refused key ${names(differs('key'))}`;
    if (differs('backend').length > 0) return `sharing-refused backend ${names(differs('backend'))}`;
    for (const port of claim.ports) {
      const users = others.filter((one) => one.claim.ports.some((used) => portText(used) === portText(port)));
      if (users.length > 0) return `sharing-refused port ${portText(port)} ${names(users)}`;
    }
    return '';
  }

  assign(one: OracleAllocation): void {
    const rest = this.allocations.filter(
      (other) => other.claim.holder !== one.claim.holder || !sameAddress(other.address, one.address),
    );
    this.allocations = [...rest, one];
  }

  adopt(claim: Claim, address: Address, pool: string | null, force: boolean): OracleRefusal {
    const own = this.allocationsOn(address).find((one) => one.claim.holder === claim.holder);
    const isGranted = own !== undefined && (!own.forced || own.pool !== null);
    const refusal = force ? '' : this.refusalFor(claim, address, (one) => !isGranted || !one.forced);
    if (refusal === '') this.assign({ claim, address, pool, forced: force });
    return refusal;
  }

  reserve(claim: Claim, address: Address, name: string): OracleRefusal {
    const pool = this.pool(name);
    if (pool === undefined) return 'no-such-pool';
    if (!Oracle.lists(pool.ranges, address)) return 'not-in-pool';
    if (Oracle.avoids(pool, address)) return 'address-avoided';
    const has = this.allocationsOn(address).some((one) => one.claim.holder === claim.holder);
    if (!has && !Oracle.lists(pool.grantable, address)) {
      const owner = this.poolOf(address);
      return `not-grantable ${owner === name ? null : owner}`;
    }
    return this.adopt(claim, address, name, false);
  }

  allocate(claim: Claim, name: string, family: Family): OracleRefusal | Address {
    const pool = this.pool(name);
    if (pool === undefined) return 'no-such-pool';
    if (!pool.ranges.some((range) => range.family === family)) return 'pool-lacks-family';
    for (const range of pool.grantable) {
      for (let bits = range.first; range.family === family && bits <= range.last; bits++) {
        const address = { family, bits };
        if (Oracle.avoids(pool, address)) continue;
        if (this.allocationsOn(address).some((one) => one.claim.holder === claim.holder)) continue;
        if (this.refusalFor(claim, address, () => true) !== '') continue;
        this.assign({ claim, address, pool: name, forced: false });
        return address;
      }
    }
    return 'pool-exhausted';
  }

  updateClaim(holder: ServiceKey, sharing: Sharing, ports: readonly ServicePort[]): readonly OracleRefusal[] {
    const claim = { holder, sharing, ports };
    const refusals = this.allocationsOf(holder)
      .filter(({ forced, claim: old }) => !forced && JSON.stringify(old) !== JSON.stringify(claim))
      .map(({ address }) => this.refusalFor(claim, address, (one) => !one.forced))
      .filter((refusal) => refusal !== '');
    if (refusals.length > 0) return refusals;
    this.allocations = this.allocations.map((one) => (one.claim.holder === holder ? { ...one, claim } : one));
    return [''];
  }

  release(holder: ServiceKey, address?: Address): void {
    this.allocations = this.allocations.filter(
      (one) => one.claim.holder !== holder || (address !== undefined && !sameAddress(one.address, address)),
    );
  }

  stranded(): readonly StrandedAddress[] {
    return this.allocations
      .flatMap(({ claim: { holder }, address, pool }) => {
        const view = pool === null ? undefined : this.pool(pool);
        if (pool === null || view === undefined) return [];
        const isStillListed = Oracle.lists(view.ranges, address) && !Oracle.avoids(view, address);
        return isStillListed ? [] : [{ holder, address, pool }];
      })
      .sort((a, b) => compareAddresses(a.address, b.address) || (a.holder < b.holder ? -1 : 1));
  }

  counts(name: string): AddressCounts {
    const pool = this.pool(name);
    const listAddresses = (ranges: readonly AddressRange[], family: Family): readonly Address[] => {
      const found = new Map<bigint, Address>();
      for (const range of ranges) {
        for (let bits = range.first; range.family === family && bits <= range.last; bits++) {
          found.set(bits, { family, bits });
        }
      }
      return [...found.values()];
    };
    const assigned = (family: Family): number =>
      listAddresses(pool?.ranges ?? [], family).filter((address) => this.allocationsOn(address).length > 0)
        .length;
    const available = (family: Family): number =>
      listAddresses(pool?.grantable ?? [], family).filter(
        (address) =>
          pool !== undefined && !Oracle.avoids(pool, address) && this.allocationsOn(address).length === 0,
      ).length;
    return {
      assigned4: assigned(4),
      assigned6: assigned(6),
      available4: available(4),
      available6: available(6),
    };
  }
}
