/**
 * The wire without sockets: frames and the time go in, frames and events come out. It joins the owned addresses with the
 * interfaces, and keeps what it promised to whoever decides about ownership (`Layer2Wire`).
 */
import type { Millis } from '../../base/clock.ts';
import { type Address, type Family, formatAddress } from '../../net/address.ts';
import type { AnnouncementStep } from './announcement-schedule.ts';
import { answer } from './answer.ts';
import { arpAnnouncements, arpProbe } from './arp-packet.ts';
import { ClaimLimiter } from './claims.ts';
import { formatMac, type ReceivedFrame } from './ethernet-frame.ts';
import type { FrameResponse, FrameVerdict, Standing } from './frame-verdict.ts';
import type { MacAddress, PacketCounts, WireEvent, WireInterface } from './layer2-wire.ts';
import { neighbourProbe, unsolicitedAdvertisement } from './neighbour-packet.ts';
import type { OwnedChanges } from './owned-changes.ts';
import { type GroupMembership, type OwnedEntry, ServedInterface } from './served-interface.ts';

export type ResponderOutput = GroupMembership & {
  /** Whether the frame was sent. */
  readonly send: (interfaceIndex: number, frame: Uint8Array) => boolean;
  readonly emit: (event: WireEvent) => void;
};

/** Packets are reported that often at most. */
const COUNT_INTERVAL: Millis = 1000;

export class Responder {
  readonly #output: ResponderOutput;
  readonly #owned: Readonly<Record<Family, Map<bigint, OwnedEntry>>> = { 4: new Map(), 6: new Map() };
  readonly #segments = new Map<number, ServedInterface>();
  readonly #claims = new ClaimLimiter();
  #speakers: ReadonlySet<MacAddress> = new Set();
  #isSuspended = false;
  readonly #counted = new Set<OwnedEntry>();
  #reportedAt: Millis = Number.NEGATIVE_INFINITY;

  constructor(output: ResponderOutput) {
    this.#output = output;
  }

  changeOwned({ put, removed }: OwnedChanges, now: Millis): void {
    for (const { family, bits } of removed) {
      const entry = this.#owned[family].get(bits);
      if (entry === undefined) continue;
      this.#owned[family].delete(bits);
      for (const segment of this.#segments.values()) segment.remove(entry);
    }
    for (const owned of put) {
      const { family, bits } = owned.address;
      const entry = this.#owned[family].get(bits) ?? { owned, requests: 0, responses: 0, gratuitous: 0 };
      entry.owned = owned;
      this.#owned[family].set(bits, entry);
      for (const segment of this.#segments.values()) segment.update(entry, now);
    }
  }

  /** The owned addresses of IPv4, as numbers. */
  ownedIpv4(): readonly number[] {
    return Array.from(this.#owned[4].keys(), Number);
  }

  /** An interface that comes, or has another MAC address, announces its addresses at once. */
  setInterfaces(interfaces: readonly WireInterface[], now: Millis): void {
    const next = new Map(interfaces.map((one) => [one.index, one]));
    for (const [index, segment] of this.#segments) {
      const description = next.get(index);
      if (description !== undefined && servesAlike(segment.interface, description)) continue;
      segment.close();
      this.#segments.delete(index);
    }
    for (const description of interfaces) {
      if (this.#segments.has(description.index)) continue;
      const segment = new ServedInterface(description, this.#output);
      this.#segments.set(description.index, segment);
      for (const entry of this.#entries()) segment.update(entry, now);
    }
    this.#output.emit({ kind: 'interfaces', interfaces });
  }

  /** An address that was refused because of one of them is probed again at once. */
  setSpeakers(macs: readonly MacAddress[], now: Millis): void {
    this.#speakers = new Set(macs);
    for (const segment of this.#segments.values())
      for (const placement of segment.placements())
        if (placement.refusedBy !== null && this.#isSpeaker(placement.refusedBy)) {
          placement.refusedBy = null;
          segment.restart(placement, now);
        }
  }

  defend(address: Address, interfaceName: string, now: Millis): void {
    const entry = this.#owned[address.family].get(address.bits);
    if (entry === undefined || this.#isSuspended) return;
    for (const segment of this.#segments.values()) {
      const placement = segment.interface.name === interfaceName ? segment.placement(entry) : null;
      if (placement !== null && segment.admitsDefence(placement, now)) this.#announce(segment, entry);
    }
  }

  /** Silence until `resume`: the process did not run for that long. */
  suspend(duration: Millis): void {
    this.#isSuspended = true;
    this.#output.emit({ kind: 'suspended', duration });
  }

  resume(now: Millis): void {
    if (!this.#isSuspended) return;
    this.#isSuspended = false;
    for (const segment of this.#segments.values())
      for (const placement of segment.placements())
        if (placement.standing !== 'refused') segment.restart(placement, now);
  }

  receive(interfaceIndex: number, frame: ReceivedFrame, now: Millis): void {
    const segment = this.#segments.get(interfaceIndex);
    if (segment === undefined || this.#isSuspended) return;
    const verdict = answer(frame, segment.mac, (family, bits) => this.#standing(segment, family, bits));
    if (verdict.kind === 'answer') this.#respond(segment, verdict);
    else if (verdict.kind === 'claim') {
      if (verdict.response !== null) this.#respond(segment, verdict.response);
      this.#claimed(segment, verdict, now);
    }
  }

  /** Sends what is due, and reports what was counted. */
  tick(now: Millis): void {
    if (!this.#isSuspended)
      for (const segment of this.#segments.values())
        for (const [entry, step] of segment.schedule.take(now)) this.#perform(segment, entry, step);
    if (this.#counted.size === 0 || now - this.#reportedAt < COUNT_INTERVAL) return;
    this.#reportedAt = now;
    this.#output.emit({ kind: 'counted', counts: [...this.#counted].map(takeCounts) });
    this.#counted.clear();
  }

  /** When `tick` has something to do; null: not before something happens. */
  nextDue(now: Millis): Millis | null {
    const due = this.#isSuspended
      ? []
      : [...this.#segments.values()].flatMap(({ schedule }) => schedule.nextDue(now) ?? []);
    if (this.#counted.size > 0) due.push(this.#reportedAt + COUNT_INTERVAL);
    return due.length === 0 ? null : Math.min(...due);
  }

  #standing(segment: ServedInterface, family: Family, bits: bigint): Standing {
    return segment.standingOf(family, bits) ?? (this.#owned[family].has(bits) ? 'silent' : 'not owned');
  }

  #respond(segment: ServedInterface, { address, frame }: FrameResponse): void {
    const entry = this.#owned[address.family].get(address.bits);
    if (entry === undefined) return;
    entry.requests += 1;
    if (this.#output.send(segment.interface.index, frame)) entry.responses += 1;
    this.#counted.add(entry);
  }

  #claimed(segment: ServedInterface, claim: Extract<FrameVerdict, { kind: 'claim' }>, now: Millis): void {
    const { address, isAnnouncement } = claim;
    const entry = this.#owned[address.family].get(address.bits);
    const placement = entry === undefined ? null : segment.placement(entry);
    if (placement === null) return;
    const mac = formatMac(claim.mac);
    const isSpeaker = this.#isSpeaker(mac);
    const { name } = segment.interface;
    if (!isSpeaker && placement.standing === 'probing') {
      segment.refuse(placement, mac, now);
      this.#output.emit({ kind: 'refused', address, interface: name, mac });
    } else if (this.#claims.admits(`${formatAddress(address)} ${name} ${mac}`, isSpeaker, now))
      this.#output.emit({ kind: 'claimed', address, interface: name, mac, isSpeaker, isAnnouncement });
  }

  #perform(segment: ServedInterface, entry: OwnedEntry, step: AnnouncementStep): void {
    const placement = segment.placement(entry);
    if (placement === null) return;
    if (step === 'probe') {
      placement.standing = 'probing';
      this.#output.send(segment.interface.index, probe(entry, segment));
      return;
    }
    placement.standing = 'answering';
    placement.refusedBy = null;
    this.#announce(segment, entry);
    if (step !== 'first announcement') return;
    this.#output.emit({
      kind: 'answering',
      address: entry.owned.address,
      interface: segment.interface.name,
    });
  }

  #announce(segment: ServedInterface, entry: OwnedEntry): void {
    for (const frame of announcements(entry, segment))
      if (this.#output.send(segment.interface.index, frame)) entry.gratuitous += 1;
    this.#counted.add(entry);
  }

  /** The other interfaces of this node may be on the same segment. */
  #isSpeaker(mac: MacAddress): boolean {
    return (
      this.#speakers.has(mac) || [...this.#segments.values()].some((segment) => segment.interface.mac === mac)
    );
  }

  #entries(): readonly OwnedEntry[] {
    return [...this.#owned[4].values(), ...this.#owned[6].values()];
  }
}

/** Addresses of the interface may differ: they do not matter for what it answers. */
const servesAlike = (a: WireInterface, b: WireInterface): boolean =>
  a.name === b.name && a.mac === b.mac && a.families[4] === b.families[4] && a.families[6] === b.families[6];

const probe = ({ owned: { address } }: OwnedEntry, { mac }: ServedInterface): Uint8Array =>
  address.family === 4 ? arpProbe(address, mac) : neighbourProbe(address, mac);

const announcements = (
  { owned: { address } }: OwnedEntry,
  { mac }: ServedInterface,
): readonly Uint8Array[] =>
  address.family === 4 ? arpAnnouncements(address, mac) : [unsolicitedAdvertisement(address, mac)];

function takeCounts(entry: OwnedEntry): PacketCounts {
  const { owned, requests, responses, gratuitous } = entry;
  entry.requests = 0;
  entry.responses = 0;
  entry.gratuitous = 0;
  return { address: owned.address, requests, responses, gratuitous };
}
