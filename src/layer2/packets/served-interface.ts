/** One interface: which owned addresses it answers for, since when, and which groups it needs for that. */
import type { Millis } from '../../base/clock.ts';
import { AddressTable } from './address-table.ts';
import { AnnouncementSchedule } from './announcement-schedule.ts';
import { DEFEND_INTERVAL } from './claims.ts';
import { parseMac } from './ethernet-frame.ts';
import type { Standing, Standings } from './frame-verdict.ts';
import { solicitedNodeGroup } from './ipv6-packet.ts';
import type { MacAddress, OwnedAddress, WireInterface } from './layer2-wire.ts';

/** An owned address, with the packets about it that were not reported yet. */
export type OwnedEntry = {
  owned: OwnedAddress;
  requests: number;
  responses: number;
  gratuitous: number;
  /** Whether it waits to be reported. */
  isCounted: boolean;
};

/** An address on an interface. */
export type Placement = {
  readonly entry: OwnedEntry;
  standing: 'probing' | 'answering' | 'refused';
  refusedBy: MacAddress | null;
  defendedAt: Millis | null;
};

/** What a segment asks of the kernel. Each join is followed by one leave. */
export type GroupMembership = {
  readonly join: (interfaceIndex: number, group: bigint) => void;
  readonly leave: (interfaceIndex: number, group: bigint) => void;
};

export class ServedInterface {
  readonly interface: WireInterface;
  readonly mac: Uint8Array;
  readonly schedule = new AnnouncementSchedule<OwnedEntry>();
  /** Of the addresses that this node owns, those that are not placed here are silent here. */
  readonly standings: Standings;
  readonly #placements = new AddressTable<Placement>();
  /** How many addresses need each solicited-node group. */
  readonly #groups = new Map<bigint, number>();
  readonly #membership: GroupMembership;

  constructor(description: WireInterface, owned: AddressTable<OwnedEntry>, membership: GroupMembership) {
    this.interface = description;
    this.mac = parseMac(description.mac) ?? new Uint8Array(6);
    this.#membership = membership;
    this.standings = {
      ofIpv4: (ip) => standingOf(this.#placements.getIpv4(ip)) ?? silenceOf(owned.getIpv4(ip)),
      ofIpv6: (bits) => standingOf(this.#placements.getIpv6(bits)) ?? silenceOf(owned.getIpv6(bits)),
    };
  }

  placement({ owned: { address } }: Pick<OwnedEntry, 'owned'>): Placement | null {
    return this.#placements.get(address) ?? null;
  }

  placements(): Iterable<Placement> {
    return this.#placements.values();
  }

  /** Places or removes the address, as its interfaces and this one say. Nothing changes if it is placed rightly. */
  update(entry: OwnedEntry, now: Millis): void {
    const { address, interfaces, isProbed } = entry.owned;
    const { name, families } = this.interface;
    const belongs = families[address.family] && (interfaces === null || interfaces.includes(name));
    if (!belongs) this.remove(entry);
    else if (this.placement(entry) === null) this.#place(entry, isProbed, now);
  }

  #place(entry: OwnedEntry, isProbed: boolean, now: Millis): void {
    const { address } = entry.owned;
    const { family, bits } = address;
    const standing = isProbed ? 'probing' : 'answering';
    this.#placements.set(address, { entry, standing, refusedBy: null, defendedAt: null });
    this.schedule.start(entry, isProbed, now);
    if (family === 4) return;
    const group = solicitedNodeGroup(bits);
    const count = this.#groups.get(group) ?? 0;
    this.#groups.set(group, count + 1);
    if (count === 0) this.#membership.join(this.interface.index, group);
  }

  remove(entry: OwnedEntry): void {
    const { address } = entry.owned;
    const { family, bits } = address;
    this.schedule.stop(entry);
    if (!this.#placements.delete(address) || family === 4) return;
    const group = solicitedNodeGroup(bits);
    const count = (this.#groups.get(group) ?? 0) - 1;
    if (count > 0) this.#groups.set(group, count);
    else {
      this.#groups.delete(group);
      this.#membership.leave(this.interface.index, group);
    }
  }

  /** Leaves all groups: the interface is not used any more. */
  close(): void {
    for (const group of this.#groups.keys()) this.#membership.leave(this.interface.index, group);
    this.#groups.clear();
  }

  /** Another host has the address: it is not answered for, and probed again later. */
  refuse(placement: Placement, mac: MacAddress, now: Millis): void {
    placement.standing = 'refused';
    placement.refusedBy = mac;
    this.schedule.refuse(placement.entry, now);
  }

  /** Begins anew: an address that is answered for is announced, another one is probed. */
  restart(placement: Placement, now: Millis): void {
    const isProbed = placement.standing !== 'answering';
    if (isProbed) placement.standing = 'probing';
    this.schedule.start(placement.entry, isProbed, now);
  }

  /** Whether the address may be defended now; then it counts as defended. */
  admitsDefence(placement: Placement, now: Millis): boolean {
    const { standing, defendedAt } = placement;
    if (standing !== 'answering' || (defendedAt !== null && now - defendedAt < DEFEND_INTERVAL)) return false;
    placement.defendedAt = now;
    return true;
  }
}

/** Null if the address is not placed on the interface. */
function standingOf(placement: Placement | undefined): Standing | null {
  if (placement === undefined) return null;
  return placement.standing === 'refused' ? 'silent' : placement.standing;
}

const silenceOf = (entry: OwnedEntry | undefined): Standing => (entry === undefined ? 'not owned' : 'silent');
