/** One interface: which owned addresses it answers for, since when, and which groups it needs for that. */
import type { Millis } from '../../base/clock.ts';
import type { Family } from '../../net/address.ts';
import { AnnouncementSchedule } from './announcement-schedule.ts';
import { DEFEND_INTERVAL } from './claims.ts';
import { parseMac } from './ethernet-frame.ts';
import type { Standing } from './frame-verdict.ts';
import { solicitedNodeGroup } from './ipv6-packet.ts';
import type { MacAddress, OwnedAddress, WireInterface } from './layer2-wire.ts';

/** An owned address, with the packets about it that were not reported yet. */
export type OwnedEntry = { owned: OwnedAddress; requests: number; responses: number; gratuitous: number };

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
  readonly #placements: Readonly<Record<Family, Map<bigint, Placement>>> = { 4: new Map(), 6: new Map() };
  /** How many addresses need each solicited-node group. */
  readonly #groups = new Map<bigint, number>();
  readonly #membership: GroupMembership;

  constructor(description: WireInterface, membership: GroupMembership) {
    this.interface = description;
    this.mac = parseMac(description.mac) ?? new Uint8Array(6);
    this.#membership = membership;
  }

  placement({ owned: { address } }: Pick<OwnedEntry, 'owned'>): Placement | null {
    return this.#placements[address.family].get(address.bits) ?? null;
  }

  placements(): readonly Placement[] {
    return [...this.#placements[4].values(), ...this.#placements[6].values()];
  }

  /** Null if the address is not placed here. */
  standingOf(family: Family, bits: bigint): Standing | null {
    const placement = this.#placements[family].get(bits);
    return placement === undefined ? null : placement.standing === 'refused' ? 'silent' : placement.standing;
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
    const { family, bits } = entry.owned.address;
    const standing = isProbed ? 'probing' : 'answering';
    this.#placements[family].set(bits, { entry, standing, refusedBy: null, defendedAt: null });
    this.schedule.start(entry, isProbed, now);
    if (family === 4) return;
    const group = solicitedNodeGroup(bits);
    const count = this.#groups.get(group) ?? 0;
    this.#groups.set(group, count + 1);
    if (count === 0) this.#membership.join(this.interface.index, group);
  }

  remove(entry: OwnedEntry): void {
    const { family, bits } = entry.owned.address;
    this.schedule.stop(entry);
    if (!this.#placements[family].delete(bits) || family === 4) return;
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
