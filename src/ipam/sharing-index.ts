/**
 * Sharing index: finds an address in use that a Service with a sharing key may share. It searches only addresses of the
 * same key and backend (a key group). Addresses whose holders use the same ports form a port group: a thousand
 * Services on port 80 under one key are refused by one comparison.
 */
import type { AddressAllocation } from './allocation.ts';
import type { AddressKey, AddressSpace } from './index/address-space.ts';
import { CountedBTree } from './index/counted-btree.ts';
import type { PoolFreeRanges } from './pool-free-ranges.ts';
import { type Claim, formatPort, type Sharing } from './sharing.ts';

type PortGroup<K> = {
  readonly portsKey: string;
  readonly ports: ReadonlySet<string>;
  readonly addressKeys: CountedBTree<K, true>;
};
type KeyGroup<K> = Map<string, PortGroup<K>>;
type IndexedAddress<K> = { readonly keyGroup: string; readonly portGroup: PortGroup<K> };

/** The position of an address in the order of a pool's ranges. */
export type RangePosition<K> = { readonly range: number; readonly addressKey: K };

/** Texts of Kubernetes have no NUL, so the name is unique. */
const keyGroupName = ({ key, backend }: Sharing): string => `${key}\0${backend}`;

export class SharingIndex<K extends AddressKey> {
  readonly #space: AddressSpace<K>;
  readonly #keyGroups = new Map<string, KeyGroup<K>>();
  readonly #entryByAddress = new Map<K, IndexedAddress<K>>();

  constructor(space: AddressSpace<K>) {
    this.#space = space;
  }

  /** To be called when a holder with a sharing key is added to the address, removed or updated. */
  reindex(addressKey: K, first: AddressAllocation | null): void {
    this.#unindex(addressKey);
    if (first === null) return;
    const ports = new Set<string>();
    for (
      let allocation: AddressAllocation | null = first;
      allocation !== null;
      allocation = allocation.nextSameAddress
    ) {
      if (allocation.forced || allocation.claim.sharing.key === '') return;
      for (const port of allocation.claim.ports) ports.add(formatPort(port));
    }
    const name = keyGroupName(first.claim.sharing);
    const portGroup = this.#portGroupFor(name, ports);
    portGroup.addressKeys.insert(addressKey, true);
    this.#entryByAddress.set(addressKey, { keyGroup: name, portGroup });
  }

  #portGroupFor(name: string, ports: ReadonlySet<string>): PortGroup<K> {
    const keyGroup: KeyGroup<K> = this.#keyGroups.get(name) ?? new Map();
    this.#keyGroups.set(name, keyGroup);
    const portsKey = [...ports].sort().join();
    const portGroup: PortGroup<K> = keyGroup.get(portsKey) ?? {
      portsKey,
      ports,
      addressKeys: new CountedBTree(this.#space),
    };
    keyGroup.set(portsKey, portGroup);
    return portGroup;
  }

  #unindex(addressKey: K): void {
    const indexed = this.#entryByAddress.get(addressKey);
    if (indexed === undefined) return;
    this.#entryByAddress.delete(addressKey);
    indexed.portGroup.addressKeys.remove(addressKey);
    if (indexed.portGroup.addressKeys.size > 0) return;
    const keyGroup = this.#keyGroups.get(indexed.keyGroup);
    keyGroup?.delete(indexed.portGroup.portsKey);
    if (keyGroup?.size === 0) this.#keyGroups.delete(indexed.keyGroup);
  }

  /**
   * The first address in the pool's order that the claim may share and that its holder does not have; null where there is
   * none, or `best` comes before it.
   */
  findFirst(
    claim: Claim,
    poolRanges: PoolFreeRanges<K>,
    heldKeys: ReadonlySet<AddressKey>,
    best: RangePosition<K> | null,
  ): RangePosition<K> | null {
    const keyGroup = this.#keyGroups.get(keyGroupName(claim.sharing));
    if (keyGroup === undefined || claim.sharing.key === '') return null;
    const ports = claim.ports.map(formatPort);
    let found: RangePosition<K> | null = null;
    for (const { ports: usedPorts, addressKeys } of keyGroup.values()) {
      if (ports.some((port) => usedPorts.has(port))) continue;
      const limit: RangePosition<K> | null = found ?? best;
      const ranges: number = limit === null ? poolRanges.ranges.length : limit.range + 1;
      const fits = (addressKey: K): boolean =>
        !heldKeys.has(addressKey) && !(poolRanges.avoidsBuggyIPs && this.#space.isBuggy(addressKey));
      const position: RangePosition<K> | null =
        addressKeys.size < ranges
          ? firstOfAddresses(addressKeys, poolRanges, fits)
          : firstInRanges(addressKeys, poolRanges, fits, ranges);
      if (position !== null && (limit === null || isBefore(position, limit))) found = position;
    }
    return found;
  }

  /** Every indexed address with its groups, for the audit. */
  *entryByAddress(): Generator<{
    readonly addressKey: K;
    readonly keyGroup: string;
    readonly portsKey: string;
  }> {
    for (const [name, keyGroup] of this.#keyGroups) {
      for (const portGroup of keyGroup.values()) {
        for (const [addressKey] of portGroup.addressKeys.entries())
          yield { addressKey, keyGroup: name, portsKey: portGroup.portsKey };
      }
    }
  }
}

const isBefore = <K>(a: RangePosition<K>, b: RangePosition<K>): boolean =>
  a.range < b.range || (a.range === b.range && a.addressKey < b.addressKey);

/** Searches every address of a port group: for few addresses and many ranges. */
function firstOfAddresses<K extends AddressKey>(
  addressKeys: CountedBTree<K, true>,
  poolRanges: PoolFreeRanges<K>,
  fits: (addressKey: K) => boolean,
): RangePosition<K> | null {
  let best: RangePosition<K> | null = null;
  for (const [addressKey] of addressKeys.entries()) {
    const position = { range: poolRanges.rangeOf(addressKey), addressKey };
    if (position.range >= 0 && fits(addressKey) && (best === null || isBefore(position, best)))
      best = position;
  }
  return best;
}

/** Searches the first `ranges` ranges in turn: for many addresses and few ranges. */
function firstInRanges<K extends AddressKey>(
  addressKeys: CountedBTree<K, true>,
  poolRanges: PoolFreeRanges<K>,
  fits: (addressKey: K) => boolean,
  ranges: number,
): RangePosition<K> | null {
  for (const [range, { first, last }] of poolRanges.ranges.slice(0, ranges).entries()) {
    let addressKey = addressKeys.atOrAfter(first);
    while (addressKey !== undefined && addressKey <= last && !fits(addressKey))
      addressKey = addressKeys.after(addressKey);
    if (addressKey !== undefined && addressKey <= last) return { range, addressKey };
  }
  return null;
}
