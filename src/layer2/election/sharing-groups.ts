/** The groups of Services that share addresses, kept up to date: a change costs work for the groups that it touches. */
import { formatAddress } from '../../net/address.ts';
import { compareServiceAge, type ServiceKey } from '../../objects/service.ts';
import { type AddressGroup, groupByAddress } from './address-groups.ts';
import type { WantedService } from './layer2-service.ts';

export class SharingGroups {
  readonly #wanted = new Map<ServiceKey, WantedService>();
  /** By the text of the address. */
  readonly #holders = new Map<string, Set<ServiceKey>>();
  readonly #groupOf = new Map<ServiceKey, AddressGroup>();
  #sorted: readonly AddressGroup[] = [];

  /** In the order of the first Service of each. */
  get all(): readonly AddressGroup[] {
    return this.#sorted;
  }

  /** Null for a Service that nobody should answer for any more. Returns the groups that exist no more. */
  apply(changes: ReadonlyMap<ServiceKey, WantedService | null>): ReadonlySet<AddressGroup> {
    if (changes.size === 0) return NO_GROUPS;
    const affected = new Set<ServiceKey>(changes.keys());
    for (const key of changes.keys()) for (const member of this.#membersOf(key)) affected.add(member);
    for (const [key, wanted] of changes) this.#put(key, wanted);
    for (const wanted of changes.values())
      for (const holder of this.#holdersOf(wanted))
        for (const member of this.#membersOf(holder)) affected.add(member);
    const gone = new Set<AddressGroup>();
    for (const key of affected) {
      const group = this.#groupOf.get(key);
      if (group !== undefined) gone.add(group);
      this.#groupOf.delete(key);
    }
    const members = [...affected].flatMap((key) => this.#wanted.get(key) ?? []);
    const added = groupByAddress(members);
    for (const group of added) for (const { service } of group) this.#groupOf.set(service.key, group);
    this.#sorted = mergeSorted(
      gone.size === 0 ? this.#sorted : this.#sorted.filter((group) => !gone.has(group)),
      added,
    );
    return gone;
  }

  #membersOf(key: ServiceKey): readonly ServiceKey[] {
    return this.#groupOf.get(key)?.map(({ service }) => service.key) ?? [];
  }

  #holdersOf(wanted: WantedService | null): readonly ServiceKey[] {
    return textsOf(wanted).flatMap((address) => [...(this.#holders.get(address) ?? [])]);
  }

  #put(key: ServiceKey, wanted: WantedService | null): void {
    for (const address of textsOf(this.#wanted.get(key) ?? null)) {
      const holders = this.#holders.get(address);
      holders?.delete(key);
      if (holders?.size === 0) this.#holders.delete(address);
    }
    if (wanted === null) this.#wanted.delete(key);
    else this.#wanted.set(key, wanted);
    for (const address of textsOf(wanted)) {
      const holders = this.#holders.get(address);
      if (holders === undefined) this.#holders.set(address, new Set([key]));
      else holders.add(key);
    }
  }
}

/** Puts a few sorted groups among the many sorted ones that stay: each costs a binary search. */
function mergeSorted(many: readonly AddressGroup[], few: readonly AddressGroup[]): readonly AddressGroup[] {
  const parts: (readonly AddressGroup[])[] = [];
  let taken = 0;
  for (const group of few) {
    const end = positionOf(group, many, taken);
    parts.push(many.slice(taken, end), [group]);
    taken = end;
  }
  return [...parts, many.slice(taken)].flat();
}

/** How many of the groups come before this one; at least `low` do. */
function positionOf(group: AddressGroup, many: readonly AddressGroup[], low: number): number {
  let [from, to] = [low, many.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (compareFirst(many[middle] ?? group, group) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

const NO_GROUPS: ReadonlySet<AddressGroup> = new Set();

const textsOf = (wanted: WantedService | null): readonly string[] =>
  wanted?.addresses.map(formatAddress) ?? [];

function compareFirst([a]: AddressGroup, [b]: AddressGroup): number {
  return a === undefined || b === undefined ? 0 : compareServiceAge(a.service, b.service);
}
