/**
 * The wire without sockets: frames and the time go in, frames and events come out. It joins the owned addresses with the
 * interfaces, and keeps what it promised to whoever decides about ownership (`Layer2Wire`).
 */
import type { Millis } from '../../base/clock.ts';
import { type Address, formatAddress } from '../../net/address.ts';
import { AddressTable } from './address-table.ts';
import type { AnnouncementStep } from './announcement-schedule.ts';
import { answer } from './answer.ts';
import { arpAnnouncements, arpProbe } from './arp-packet.ts';
import { ClaimLimiter } from './claims.ts';
import { formatMac, type ReceivedFrame } from './ethernet-frame.ts';
import type { FrameResponse, FrameVerdict } from './frame-verdict.ts';
import type { MacAddress, OwnedAddress, PacketCounts, WireEvent, WireInterface } from './layer2-wire.ts';
import { neighbourProbe, unsolicitedAdvertisement } from './neighbour-packet.ts';
import type { OwnedChanges } from './owned-changes.ts';
import { RecentAddresses } from './recent-addresses.ts';
import { type GroupMembership, type OwnedEntry, ServedInterface } from './served-interface.ts';

export type ResponderOutput = GroupMembership & {
  /** Whether the frame was sent. */
  readonly send: (interfaceIndex: number, frame: Uint8Array) => boolean;
  readonly emit: (event: WireEvent) => void;
};

/** Packets are reported that often at most. */
const COUNT_INTERVAL: Millis = 1000;
/** Many addresses are reported in parts, with pauses between them: frames do not wait for longer than one part takes. */
const COUNTS_AT_ONCE = 50;
const COUNT_PAUSE: Millis = 10;

export class Responder {
  readonly #output: ResponderOutput;
  readonly #owned = new AddressTable<OwnedEntry>();
  readonly #segments = new Map<number, ServedInterface>();
  readonly #claims = new ClaimLimiter();
  readonly #recent = new RecentAddresses();
  #speakers: ReadonlySet<MacAddress> = new Set();
  #isSuspended = false;
  /** Addresses with packets that were not reported yet. */
  readonly #counted: OwnedEntry[] = [];
  #reportDue: Millis = Number.NEGATIVE_INFINITY;
  /** Of those, how many belong to the report that was begun. */
  #leftToReport = 0;

  constructor(output: ResponderOutput) {
    this.#output = output;
  }

  changeOwned({ put, removed }: OwnedChanges, now: Millis): void {
    for (const { address } of removed) {
      const entry = this.#owned.get(address);
      if (entry === undefined) continue;
      this.#owned.delete(address);
      if (this.#isAnsweredFor(entry)) this.#recent.left(address, now);
      for (const segment of this.#segments.values()) segment.remove(entry);
    }
    for (const one of put) {
      const known = this.#owned.get(one.address);
      const isRecent = known === undefined && this.#recent.take(one.address, now);
      const owned = isRecent ? { ...one, isProbed: false } : one;
      const entry = known ?? newEntry(owned);
      entry.owned = owned;
      this.#owned.set(owned.address, entry);
      for (const segment of this.#segments.values()) segment.update(entry, now);
    }
  }

  /** On one interface at least, and on none does another host have it. */
  #isAnsweredFor(entry: OwnedEntry): boolean {
    const placements = [...this.#segments.values()].flatMap((segment) => segment.placement(entry) ?? []);
    return placements.length > 0 && placements.every(({ standing }) => standing === 'answering');
  }

  /** The owned addresses of IPv4, as numbers. */
  ownedIpv4(): readonly number[] {
    return this.#owned.ipv4();
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
      const segment = new ServedInterface(description, this.#owned, this.#output);
      this.#segments.set(description.index, segment);
      for (const entry of this.#owned.values()) segment.update(entry, now);
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
    const entry = this.#owned.get(address);
    if (entry === undefined || this.#isSuspended) return;
    for (const segment of this.#segments.values()) {
      const placement = segment.interface.name === interfaceName ? segment.placement(entry) : null;
      if (placement !== null && segment.admitsDefence(placement, now)) this.#announce(segment, entry);
    }
  }

  /** Where they are answered for, as if they had just been taken. */
  announce(addresses: readonly Address[], now: Millis): void {
    if (this.#isSuspended) return;
    const entries = addresses.flatMap((address) => this.#owned.get(address) ?? []);
    for (const segment of this.#segments.values())
      for (const entry of entries) {
        const placement = segment.placement(entry);
        if (placement?.standing === 'answering') segment.restart(placement, now);
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
    const verdict = answer(frame, segment.mac, segment.standings);
    if (verdict.kind === 'answer') this.#respond(segment, verdict.response);
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
    if (this.#counted.length === 0 || now < this.#reportDue) return;
    if (this.#leftToReport === 0) this.#leftToReport = this.#counted.length;
    const counts = this.#counted.splice(0, Math.min(this.#leftToReport, COUNTS_AT_ONCE)).map(takeCounts);
    this.#leftToReport -= counts.length;
    this.#reportDue = now + (this.#leftToReport > 0 ? COUNT_PAUSE : COUNT_INTERVAL);
    this.#output.emit({ kind: 'counted', counts });
  }

  /** When `tick` has something to do; null: not before something happens. */
  nextDue(now: Millis): Millis | null {
    let due = this.#counted.length > 0 ? this.#reportDue : Number.POSITIVE_INFINITY;
    if (!this.#isSuspended)
      for (const segment of this.#segments.values())
        due = Math.min(due, segment.schedule.nextDue(now) ?? Number.POSITIVE_INFINITY);
    return Number.isFinite(due) ? due : null;
  }

  #respond(segment: ServedInterface, { address, frame }: FrameResponse): void {
    const entry = this.#owned.get(address);
    if (entry === undefined) return;
    entry.requests += 1;
    if (this.#output.send(segment.interface.index, frame)) entry.responses += 1;
    this.#count(entry);
  }

  #claimed(segment: ServedInterface, claim: Extract<FrameVerdict, { kind: 'claim' }>, now: Millis): void {
    const { address, isAnnouncement } = claim;
    const entry = this.#owned.get(address);
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
    this.#count(entry);
  }

  #count(entry: OwnedEntry): void {
    if (entry.isCounted) return;
    entry.isCounted = true;
    this.#counted.push(entry);
  }

  /** The other interfaces of this node may be on the same segment. */
  #isSpeaker(mac: MacAddress): boolean {
    return (
      this.#speakers.has(mac) || [...this.#segments.values()].some((segment) => segment.interface.mac === mac)
    );
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

const newEntry = (owned: OwnedAddress): OwnedEntry => ({
  owned,
  requests: 0,
  responses: 0,
  gratuitous: 0,
  isCounted: false,
});

function takeCounts(entry: OwnedEntry): PacketCounts {
  const { owned, requests, responses, gratuitous } = entry;
  entry.requests = 0;
  entry.responses = 0;
  entry.gratuitous = 0;
  entry.isCounted = false;
  return { address: owned.address, requests, responses, gratuitous };
}
