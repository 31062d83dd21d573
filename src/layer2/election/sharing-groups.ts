/** The groups of Services that share addresses, kept up to date: a change costs work for the groups that it touches. */
import { formatAddress } from '../../net/address.ts';
import type { ServiceKey } from '../../objects/service.ts';
import { type AddressGroup, groupByAddress } from './address-groups.ts';
import type { WantedService } from './layer2-service.ts';
import { OldestFirst } from './oldest-first.ts';

export type GroupChanges = {
  /** Groups that exist no more. */
  readonly gone: ReadonlySet<AddressGroup>;
  readonly added: readonly AddressGroup[];
};

export class SharingGroups {
  readonly #wanted = new Map<ServiceKey, WantedService>();
  /** By the text of the address. */
  readonly #holders = new Map<string, Set<ServiceKey>>();
  readonly #groupOf = new Map<ServiceKey, AddressGroup>();
  readonly #sorted = new OldestFirst<AddressGroup>((group) => group);

  /** In the order of the first Service of each, as of now. */
  get all(): readonly AddressGroup[] {
    return this.#sorted.all;
  }

  /** The group of a Service; undefined for one that nobody should answer for. */
  of(key: ServiceKey): AddressGroup | undefined {
    return this.#groupOf.get(key);
  }

  /** Null for a Service that nobody should answer for any more. */
  apply(changes: ReadonlyMap<ServiceKey, WantedService | null>): GroupChanges {
    if (changes.size === 0) return NO_CHANGES;
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
    for (const group of gone) this.#sorted.remove(group);
    for (const group of added) this.#sorted.put(group);
    return { gone, added };
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

const NO_CHANGES: GroupChanges = { gone: new Set(), added: [] };

const textsOf = (wanted: WantedService | null): readonly string[] =>
  wanted?.addresses.map(formatAddress) ?? [];
